import type { Migration } from "./migration-files.js";

/**
 * Stands between the hash of a migration that is a contract and its name, in its row of Drizzle's table:
 * an older version does not have the file, and learns from the row that it cannot serve these tables.
 */
const mark = " contract ";

/** The hash of a migration as its row has it. */
export function recordedHash({ hash, tag, isContract }: Migration): string {
  return isContract ? `${hash}${mark}${tag}` : hash;
}

/** Asks a migrated database for the newest contract past the given migrations: a row with its `hash`, or none. */
export function unknownContractStatement(
  migrations: readonly Migration[],
): string {
  const newestKnown = migrations.at(-1)?.madeAt ?? 0;
  return `select hash from "drizzle"."__drizzle_migrations"
    where created_at > ${String(newestKnown)} and hash like '%${mark}%'
    order by created_at desc limit 1`;
}

/** The name of a contract, from the hash of its row. */
export function contractOf(hash: string): string {
  return hash.slice(hash.indexOf(mark) + mark.length);
}
