import type { Sql } from "postgres";
import { keyColumns } from "./key-lint.js";

/** How many partitions each table gets. */
const partitions = 8;

/**
 * Makes copies of the conversations' tables in a schema of their own, partitioned by hash of the key, with every
 * constraint and index that the tables have. Postgres takes a unique key of a partitioned table only where it has
 * the partitioning column, as Citus does of a distributed one.
 */
export async function makePartitionedCopies(
  sql: Sql,
  schema: string,
): Promise<void> {
  await sql.unsafe(
    `create schema ${schema}; set search_path = ${schema}, public`,
  );
  for (const [table, column] of Object.entries(keyColumns)) {
    await sql.unsafe(`
      create table ${schema}.${table} (like public.${table} including defaults including constraints
        including storage) partition by hash (${column})`);
    for (let n = 0; n < partitions; n++)
      await sql.unsafe(`
        create table ${schema}.${table}_p${n} partition of ${schema}.${table}
          for values with (modulus ${partitions}, remainder ${n})`);
    const indexes = await sql<{ text: string }[]>`
      select pg_get_indexdef(indexrelid) as text from pg_index
      where indrelid = ${`public.${table}`}::regclass and not indisprimary`;
    for (const { text } of indexes)
      await sql.unsafe(
        text.replace(` ON public.${table} `, ` ON ${schema}.${table} `),
      );
  }
  for (const kind of ["p", "f"])
    for (const table of Object.keys(keyColumns)) {
      const keys = await sql<{ text: string }[]>`
        select pg_get_constraintdef(oid) as text from pg_constraint
        where conrelid = ${`public.${table}`}::regclass and contype = ${kind}`;
      for (const { text } of keys)
        await sql.unsafe(
          `alter table ${schema}.${table} add ${text.replace("REFERENCES public.", "REFERENCES ")}`,
        );
    }
}

/** Puts partitioned copies in the place of the tables themselves, which are empty. */
export async function usePartitionedCopies(sql: Sql): Promise<void> {
  await makePartitionedCopies(sql, "partitioned");
  const tables = Object.keys(keyColumns);
  await sql.unsafe(`
    drop table ${tables.map((table) => `public.${table}`).join(", ")};
    ${tables.map((table) => `alter table partitioned.${table} set schema public`).join(";\n")};`);
}

/**
 * The partitions that a plan reads or changes, by table.
 * @param plan a node of `explain (format json)`
 */
export function partitionsOf(
  plan: unknown,
  found = new Map<string, Set<string>>(),
): Map<string, Set<string>> {
  if (Array.isArray(plan)) for (const node of plan) partitionsOf(node, found);
  else if (typeof plan === "object" && plan !== null)
    for (const [name, value] of Object.entries(plan)) {
      if (name === "Relation Name" && typeof value === "string") {
        const [, table] = /^(.*)_p\d+$/.exec(value) ?? [];
        if (table) found.set(table, (found.get(table) ?? new Set()).add(value));
      } else partitionsOf(value, found);
    }
  return found;
}
