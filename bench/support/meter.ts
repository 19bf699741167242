import type { Sql } from "postgres";
import { openClient } from "./database.js";

/** The cost of some work for the database. */
export interface DatabaseCost {
  /** Null where the Postgres does not load pg_stat_statements. */
  readonly statements: number | null;
  readonly walBytes: number;
}

/** Reads the work of a database from another database, so that the meter's own statements are not counted. */
export interface Meter {
  /** Measures `work` in one database. Nothing else may use this Postgres meanwhile. */
  measure<Result>(
    databaseUrl: string,
    work: () => Promise<Result>,
  ): Promise<{ result: Result; cost: DatabaseCost }>;
  close(): Promise<void>;
}

/** Opens a meter on the run's Postgres. */
export async function openMeter(postgresUrl: string): Promise<Meter> {
  const client = openClient(postgresUrl);
  const [loaded] = await client<{ libraries: string }[]>`
    select current_setting('shared_preload_libraries') as libraries`;
  const counts = loaded?.libraries.includes("pg_stat_statements") ?? false;
  if (counts) await client`create extension if not exists pg_stat_statements`;
  return {
    async measure(databaseUrl, work) {
      const database = new URL(databaseUrl).pathname.slice(1);
      const statements = () =>
        counts ? statementsOf(client, database) : Promise.resolve(null);
      const before = await statements();
      const [start] = await client<{ lsn: string }[]>`
        select pg_current_wal_lsn()::text as lsn`;
      const result = await work();
      const [wal] = await client<{ bytes: number }[]>`
        select (pg_current_wal_lsn() - ${start?.lsn ?? ""}::pg_lsn)::float8 as bytes`;
      const after = await statements();
      const cost = {
        statements: before === null || after === null ? null : after - before,
        walBytes: wal?.bytes ?? NaN,
      };
      return { result, cost };
    },
    close: () => client.end(),
  };
}

async function statementsOf(client: Sql, database: string): Promise<number> {
  const [row] = await client<{ calls: number }[]>`
    select coalesce(sum(calls), 0)::float8 as calls
    from pg_stat_statements s join pg_database d on d.oid = s.dbid
    where d.datname = ${database} and s.toplevel`;
  return row?.calls ?? NaN;
}
