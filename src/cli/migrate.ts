import type { Config } from "../config/config.js";
import { ensureDataDir } from "../config/data-dir.js";
import { checkDatabase } from "../db/check.js";
import { connect } from "../db/connect.js";
import type { Pooler } from "../db/database-url.js";
import { applyMigrations, migrationLimitMs } from "../db/migrate.js";
import { loadEmbeddedPostgres } from "../embedded-postgres.js";
import { enterTimeline } from "../stream/timeline.js";

/**
 * Brings the database to this version's tables. With `newTimeline` it then begins a new timeline (R54), and
 * prints the number of that.
 */
export async function migrate(
  { database, dataDir }: Config,
  { newTimeline = false } = {},
): Promise<void> {
  if (database.kind === "url")
    return migrateAt(database.url, database.pooler, newTimeline);
  const { startEmbeddedPostgres } = await loadEmbeddedPostgres();
  await ensureDataDir(dataDir);
  const embedded = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
  });
  try {
    await migrateAt(embedded.url, "session", newTimeline);
  } finally {
    await embedded.stop();
  }
}

async function migrateAt(
  url: string,
  pooler: Pooler,
  newTimeline: boolean,
): Promise<void> {
  const { signal } = new AbortController();
  const { sessions } = await checkDatabase(url, pooler, signal);
  await applyMigrations(url, {
    ...{ signal, sessions },
    report: (line) => console.log(line),
  });
  if (!newTimeline) return;
  const { db, close } = connect(url, {
    ...{ max: 1, sessions },
    // The rows of a dump from another cluster are all written anew.
    answerLimitMs: migrationLimitMs,
  });
  try {
    const { number } = await enterTimeline(db, { isLost: true });
    console.log(
      `Timeline ${number} begins: cursors of before are answered with a reset.`,
    );
  } finally {
    await close();
  }
}
