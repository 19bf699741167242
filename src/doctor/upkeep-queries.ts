import type { Sql } from "postgres";
import { tableNames } from "../db/check.js";

/** Who has copies of the database. */
export interface Replication {
  readonly isStandby: boolean;
  readonly synchronousCommit: string;
  /** `synchronous_standby_names`: a commit waits for some of them. */
  readonly awaited: string;
  /** Standbys that stream; their state is null where the role may not see it. */
  readonly standbys: readonly { name: string | null; sync: string | null }[];
  /** Slots that nobody reads from, for which Postgres keeps its log. */
  readonly idleSlots: readonly string[];
}

/** Reads who has copies. */
export async function readReplication(sql: Sql): Promise<Replication> {
  return one(
    await sql.unsafe<Replication[]>(`select
      pg_is_in_recovery() as "isStandby",
      current_setting('synchronous_commit') as "synchronousCommit",
      current_setting('synchronous_standby_names') as awaited,
      (select coalesce(json_agg(json_build_object('name', application_name, 'sync', sync_state)), '[]')
        from pg_stat_replication) as standbys,
      (select coalesce(json_agg(slot_name), '[]') from pg_replication_slots where not active) as "idleSlots"`),
  );
}

/** What is open, and what waits, in the database. */
export interface Activity {
  /** The age of the oldest open transaction in seconds, and its process; null where none is open. */
  readonly oldest: { seconds: number; pid: number; state: string } | null;
  /** The age of the oldest prepared transaction in seconds, and its name. */
  readonly prepared: { seconds: number; name: string } | null;
  /** Processes that have waited for a lock for longer than two seconds, and for whom. */
  readonly blocked: readonly { pid: number; seconds: number; by: string }[];
  /** Whether the role sees what others do. */
  readonly seesOthers: boolean;
}

/** Reads what is open and what waits. Texts of statements are not read: they hold values. */
export async function readActivity(sql: Sql): Promise<Activity> {
  return one(
    await sql.unsafe<Activity[]>(`select
      (select json_build_object('seconds', extract(epoch from clock_timestamp() - xact_start)::int,
          'pid', pid, 'state', state)
        from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
          and backend_type = 'client backend'
        order by xact_start limit 1) as oldest,
      (select json_build_object('seconds', extract(epoch from clock_timestamp() - prepared)::int, 'name', gid)
        from pg_prepared_xacts where database = current_database() order by prepared limit 1) as prepared,
      (select coalesce(json_agg(json_build_object('pid', pid, 'by', array_to_string(pg_blocking_pids(pid), ', '),
          'seconds', extract(epoch from clock_timestamp() - waitstart)::int)), '[]')
        from pg_locks
        where not granted and waitstart < clock_timestamp() - interval '2 seconds'
          and database = (select oid from pg_database where datname = current_database())) as blocked,
      pg_has_role(current_user, 'pg_read_all_stats', 'usage') as "seesOthers"`),
  );
}

/** Whether old rows are cleared away. */
export interface Vacuum {
  readonly isOn: boolean;
  /** Tables of ours for which it was turned off. */
  readonly offFor: readonly string[];
  /** How many transactions the oldest row is old; Postgres stops at some two billion. */
  readonly age: number;
  /** Tables of ours in which dead rows have piled up. */
  readonly full: readonly { name: string; dead: number; live: number }[];
}

/** Reads whether old rows are cleared away. */
export async function readVacuum(sql: Sql): Promise<Vacuum> {
  const isOurs = `relnamespace = to_regnamespace('public') and relname in (${tableNames()})`;
  return one(
    await sql.unsafe<Vacuum[]>(`select
      current_setting('autovacuum')::bool and current_setting('track_counts')::bool as "isOn",
      (select coalesce(json_agg(relname), '[]') from pg_class
        where ${isOurs} and reloptions::text ~* 'autovacuum_enabled=(false|off|no|0)') as "offFor",
      (select age(datfrozenxid)::int8 from pg_database where datname = current_database()) as age,
      (select coalesce(json_agg(json_build_object('name', relname, 'dead', n_dead_tup, 'live', n_live_tup)), '[]')
        from pg_stat_user_tables
        where schemaname = 'public' and relname in (${tableNames()})
          and n_dead_tup > 100000 and n_dead_tup > n_live_tup) as full`),
  );
}

/** What was begun and left. */
export interface Unfinished {
  /** Erasures that began more than an hour ago and have not ended. */
  readonly erasures: number;
  /** Whether nobody has gone on for a day with a compaction that has not ended. */
  readonly isCompactionLeft: boolean;
}

/** Reads what was begun and left; null where the database has no tables for it yet. */
export async function readUnfinished(sql: Sql): Promise<Unfinished | null> {
  const { exists } = one(
    await sql.unsafe<{ exists: boolean }[]>(
      `select to_regclass('public.erasures') is not null and to_regclass('public.compactions') is not null as exists`,
    ),
  );
  if (!exists) return null;
  return one(
    await sql.unsafe<Unfinished[]>(`select
      (select count(*)::int from public.erasures
        where alias is not null and erased_at < now() - interval '1 hour') as erasures,
      exists (select from public.compactions
        where conversation_key is not null and held_until < now() - interval '1 day') as "isCompactionLeft"`),
  );
}

/** How much is stored, in bytes. */
export interface Size {
  readonly database: number;
  /** Of our tables with their indexes, the largest first. */
  readonly tables: readonly { name: string; bytes: number }[];
}

/** Reads how much is stored. */
export async function readSize(sql: Sql): Promise<Size> {
  return one(
    await sql.unsafe<
      Size[]
    >(`select pg_database_size(current_database()) as database,
      (select coalesce(json_agg(json_build_object('name', relname, 'bytes', bytes)), '[]') from (
        select relname, pg_total_relation_size(oid) as bytes from pg_class
        where relkind in ('r', 'p') and relnamespace = to_regnamespace('public')
          and relname in (${tableNames()})
        order by bytes desc limit 3) as largest) as tables`),
  );
}

function one<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("the database told nothing");
  return row;
}
