import { sql } from "drizzle-orm";
import type { Db } from "./connect.js";
import { contractOf, unknownContractStatement } from "./contract.js";
import type { Migration } from "./migration-files.js";

/** Drizzle's own table, with a row for each migration that was applied. */
export const migrationsTable = sql.raw(`"drizzle"."__drizzle_migrations"`);

/** The migrations that a database lacks, in their order. */
export async function missingMigrations(
  db: Db,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  if (!(await isMigrated(db))) return migrations;
  const [row] = await db.execute<{ newest: number | null }>(
    sql`select max(created_at) as newest from ${migrationsTable}`,
  );
  const newest = row?.newest ?? 0;
  return migrations.filter(({ madeAt }) => madeAt > newest);
}

/** The newest contract that a version with these migrations does not know; null where it knows them all. */
export async function unknownContract(
  db: Db,
  migrations: readonly Migration[],
): Promise<string | null> {
  if (!(await isMigrated(db))) return null;
  const [row] = await db.execute<{ hash: string }>(
    sql.raw(unknownContractStatement(migrations)),
  );
  return row === undefined ? null : contractOf(row.hash);
}

async function isMigrated(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ found: boolean }>(
    sql`select to_regclass(${`"drizzle"."__drizzle_migrations"`}) is not null as found`,
  );
  return row?.found === true;
}
