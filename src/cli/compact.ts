import { ConfigError, type Config } from "../config/config.js";
import { ensureDataDir } from "../config/data-dir.js";
import { poolerOf } from "../database.js";
import { checkDatabase } from "../db/check.js";
import { connect } from "../db/connect.js";
import { checkMigrations } from "../db/migrate.js";
import { compactionQueries } from "../domain/receipts/compaction-queries.js";
import { compact as compactLog } from "../domain/receipts/compactor.js";
import { runningPostgres } from "../embedded-postgres/running.js";
import { startEmbeddedPostgres } from "../embedded-postgres/start.js";

/** Merges what is older than RETENTION_DAYS now, and prints how many rows of the log are gone. */
export async function compact(config: Config): Promise<void> {
  const { database, dataDir, retentionDays: days } = config;
  if (days === null)
    throw new ConfigError([
      "RETENTION_DAYS is needed: from which age on, in days, times are merged",
    ]);
  const url =
    database.kind === "url" ? database.url : await runningPostgres(dataDir);
  if (url !== null) return compactAt(url, config, days);
  await ensureDataDir(dataDir);
  const embedded = await startEmbeddedPostgres({
    dataDir,
    log: () => undefined,
  });
  try {
    await compactAt(embedded.url, config, days);
  } finally {
    await embedded.stop();
  }
}

async function compactAt(
  url: string,
  config: Config,
  days: number,
): Promise<void> {
  const { signal } = new AbortController();
  const { sessions } = await checkDatabase(url, poolerOf(config), signal);
  await checkMigrations(url, { sessions });
  const { db, close } = connect(url, { max: 1, sessions });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once("SIGTERM", stop).once("SIGINT", stop);
  try {
    const gone = await compactLog(compactionQueries(db), {
      ...{ days, isForced: true, isGentle: false, signal: stopping.signal },
    });
    if (gone === null) console.log("A node compacts the log right now.");
    else
      console.log(
        `${String(gone)} rows of the receipt log were merged into others.`,
      );
  } finally {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    await close();
  }
}
