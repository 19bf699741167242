import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { readMigrationFiles, type MigrationMeta } from "drizzle-orm/migrator";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { connect, inTransaction, type DatabaseOptions } from "./connect.js";
import { migrationSettings } from "./session.js";

/** The checked-in migrations, as seen from `src/db` and from `dist/db` alike. */
const migrationsFolder = fileURLToPath(
  new URL("../../drizzle", import.meta.url),
);

/** The migrations that this version brings, in order. */
export function migrationsOfThisVersion(): readonly MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder });
}

/** Any number that no other program on the same database locks. */
const migrationLock = 7_225_330_414;

/** A migration of a large database lasts; so does the wait for another node's. */
export const migrationLimitMs = 24 * 60 * 60 * 1_000;

/**
 * Brings the database to this version's tables. Nodes that start at once wait for one another:
 * the first migrates under an advisory lock, the others find nothing left to do. All of it is one
 * transaction, and the lock is the transaction's: behind a pooler nothing stays behind.
 * @param signal gives it up: what is not committed is undone
 */
export async function applyMigrations(
  url: string,
  signal?: AbortSignal,
  options: Pick<DatabaseOptions, "sessions"> = {},
): Promise<void> {
  const { db, close } = connect(url, {
    ...options,
    max: 1,
    answerLimitMs: migrationLimitMs,
  });
  const giveUp = () => void close(0);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    signal?.throwIfAborted();
    await inTransaction(db, async (tx) => {
      await tx.execute(sql.raw(migrationSettings()));
      await tx.execute(sql`select pg_advisory_xact_lock(${migrationLock})`);
      await migrate(tx, { migrationsFolder });
    });
  } finally {
    signal?.removeEventListener("abort", giveUp);
    await close();
  }
}
