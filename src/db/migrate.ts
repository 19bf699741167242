import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

/** The checked-in migrations, as seen from `src/db` and from `dist/db` alike. */
const migrationsFolder = fileURLToPath(
  new URL("../../drizzle", import.meta.url),
);

/** Any number that no other program on the same database locks. */
const migrationLock = 7_225_330_414;

/**
 * Brings the database to this version's tables. Nodes that start at once wait for one another:
 * the first migrates under an advisory lock, the others find nothing left to do.
 * @param signal gives it up: what is not committed is undone
 */
export async function applyMigrations(
  url: string,
  signal?: AbortSignal,
): Promise<void> {
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => undefined,
    fetch_types: false,
  });
  const giveUp = () => void client.end({ timeout: 0 });
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    signal?.throwIfAborted();
    await client`select pg_advisory_lock(${migrationLock})`;
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    signal?.removeEventListener("abort", giveUp);
    await client.end({ timeout: 5 });
  }
}
