import postgres, { type Sql } from "postgres";
import { tableNames } from "../db/check.js";
import { startupParameters } from "../db/session.js";
import type { Endpoint } from "../db/database-url.js";

/** A session with a database. */
export type Session = Sql;

/** How long connecting may take, and then each answer. */
const limitSeconds = 5;

/**
 * Opens one connection, as a client without any settings of Acked's: what the database itself says is to be
 * seen. A statement ends after five seconds.
 */
export function openSession(url: string, endpoint: Endpoint | null): Sql {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: limitSeconds,
    fetch_types: false,
    prepare: false,
    onnotice: () => undefined,
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    connection: { ...startupParameters, application_name: "acked doctor" },
  });
  if (endpoint) {
    sql.options.host.splice(0, 1, endpoint.host);
    sql.options.port.splice(0, 1, endpoint.port);
  }
  return sql;
}

/** The process that serves a session, and the one that the session was told of when it was opened. */
export async function readBackend(
  sql: Sql,
): Promise<{ pid: number; toldPid: number; isReadOnly: boolean }> {
  const rows = await sql.unsafe<{ pid: number; isReadOnly: boolean }[]>(
    `select pg_backend_pid() as pid,
      pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as "isReadOnly"`,
  );
  const { pid, isReadOnly } = one(rows);
  return { pid, toldPid: rows.state.pid, isReadOnly };
}

/**
 * Who serves two sessions of a pooler in turn: the first, the second while its transaction is open, and the
 * first again.
 */
export async function readTurns(
  first: Sql,
  second: Sql,
): Promise<[number, number, number]> {
  const before = await readBackend(first);
  await second.unsafe("begin");
  try {
    const meanwhile = await readBackend(second);
    const after = await readBackend(first);
    return [before.pid, meanwhile.pid, after.pid];
  } finally {
    // A pooler that allows no transactions has ended the session by then.
    await second.unsafe("rollback").catch(() => undefined);
  }
}

/** The time of the database, in milliseconds since the epoch. */
export async function readTime(sql: Sql): Promise<number> {
  const { ms } = one(
    await sql.unsafe<{ ms: number }[]>(
      "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
    ),
  );
  return ms;
}

/** What the database is, and how many it lets in. */
export interface Places {
  readonly version: string;
  readonly role: string;
  readonly database: string;
  readonly most: number;
  /** Kept for superusers, and others who may use them. */
  readonly reserved: number;
  readonly used: number;
  /** −1 for as many as there are. */
  readonly roleLimit: number;
  readonly databaseLimit: number;
}

/** Reads how many connections there are and may be. */
export async function readPlaces(sql: Sql): Promise<Places> {
  return one(
    await sql.unsafe<Places[]>(`select
      current_setting('server_version') as version,
      current_user as role, current_database() as database,
      current_setting('max_connections')::int as most,
      current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
      (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as used,
      (select rolconnlimit from pg_roles where rolname = current_user) as "roleLimit",
      (select datconnlimit from pg_database where datname = current_database()) as "databaseLimit"`),
  );
}

/** What the role may not do, of what Acked does. */
export interface Rights {
  readonly role: string;
  readonly database: string;
  /** Kinds of access that it lacks to tables, by table. */
  readonly tables: readonly { name: string; missing: string }[];
  /** Tables that others own, whom alone a migration obeys. */
  readonly notOwned: readonly string[];
  readonly mayMakeSchemas: boolean;
  readonly mayMakeTables: boolean;
  readonly mayUseMigrations: boolean;
  readonly mayReadSystem: boolean;
}

/** Reads what the role may do. */
export async function readRights(sql: Sql): Promise<Rights> {
  return one(
    await sql.unsafe<Rights[]>(`
      with ours as (
        select oid, relname, relowner from pg_class
        where relkind in ('r', 'p') and relnamespace = to_regnamespace('public')
          and relname in (${tableNames()})
      )
      select current_user as role, current_database() as database,
        (select coalesce(json_agg(json_build_object('name', relname, 'missing', missing)), '[]') from ours,
          lateral (select string_agg(access, ', ') as missing
            from unnest(array['select', 'insert', 'update', 'delete']) as access
            where not has_table_privilege(oid, access)) as lacks
          where missing is not null) as tables,
        (select coalesce(json_agg(relname), '[]') from ours
          where not pg_has_role(current_user, relowner, 'usage')) as "notOwned",
        has_database_privilege(current_database(), 'create') as "mayMakeSchemas",
        coalesce(has_schema_privilege(to_regnamespace('public')::oid, 'create'), false) as "mayMakeTables",
        coalesce(has_schema_privilege(to_regnamespace('drizzle')::oid, 'create')
          and has_table_privilege(to_regclass('drizzle.__drizzle_migrations')::oid, 'select')
          and has_table_privilege(to_regclass('drizzle.__drizzle_migrations')::oid, 'insert'), true)
          as "mayUseMigrations",
        has_function_privilege('pg_control_system()', 'execute') as "mayReadSystem"`),
  );
}

/** A migration that a database has had. */
export interface AppliedMigration {
  readonly hash: string;
  readonly madeAtMs: number;
}

/** Reads the migrations that the database has had, in order; null where Acked never migrated it. */
export async function readMigrations(
  sql: Sql,
): Promise<readonly AppliedMigration[] | null> {
  const { exists } = one(
    await sql.unsafe<{ exists: boolean }[]>(
      "select to_regclass('drizzle.__drizzle_migrations') is not null as exists",
    ),
  );
  if (!exists) return null;
  return sql.unsafe<AppliedMigration[]>(
    `select hash, created_at::int8 as "madeAtMs" from drizzle.__drizzle_migrations order by created_at`,
  );
}

/** Which timeline was written down, and which database this is. */
export interface WrittenTimeline {
  readonly number: number;
  readonly database: string;
  readonly here: string;
}

/** Reads the newest timeline; null where none has begun. */
export async function readTimeline(sql: Sql): Promise<WrittenTimeline | null> {
  const { exists } = one(
    await sql.unsafe<{ exists: boolean }[]>(
      "select to_regclass('public.timelines') is not null as exists",
    ),
  );
  if (!exists) return null;
  const [row] = await sql.unsafe<WrittenTimeline[]>(`
    select number, database,
      (select system_identifier from pg_control_system()) || '/' ||
        (select oid from pg_database where datname = current_database()) as here
    from public.timelines order by number desc limit 1`);
  return row ?? null;
}

function one<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("the database told nothing");
  return row;
}
