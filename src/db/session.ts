/**
 * What Acked relies on in a session, whatever the server, the database, the role or another program's
 * URL has set for it.
 */

/**
 * How long a statement, and so a transaction, may last.
 */
export const transactionLimitMs = 20_000;

/** Who keeps the sessions: Postgres, one for each of our connections, or a pooler that lends them. */
export type SessionKind =
  /** A session is ours as long as the connection lasts: settings and prepared statements stay. */
  | "own"
  /** Each transaction may run in another session (PgBouncer's `pool_mode = transaction`). */
  | "lent";

/**
 * Startup parameters. PgBouncer takes no others, follows these for each client also where sessions are
 * lent, and sets them only where a session's differ, so they are written as Postgres reports them.
 * https://www.pgbouncer.org/config.html#track_extra_parameters
 */
export const startupParameters = {
  application_name: "acked",
  DateStyle: "ISO, MDY",
  TimeZone: "UTC",
  standard_conforming_strings: "on",
};

/** Without these what Acked promises would not hold. */
const needed = {
  // A locked row is read again after the wait (docs/ARCHITECTURE.md).
  default_transaction_isolation: "read committed",
  lock_timeout: "0",
  array_nulls: "on",
  transform_null_equals: "off",
  // The migrations name it, and a table of another program may have the name of ours.
  search_path: "public",
  // What row level security would hide from a role is an error, never an answer without it.
  row_security: "off",
};

/** With these it is faster, and an operator's mistake costs less. */
const wanted = {
  statement_timeout: `${String(transactionLimitMs / 1_000)}s`,
  idle_in_transaction_session_timeout: `${String(transactionLimitMs / 1_000)}s`,
  // Every statement goes by a key. Plans are made once for a connection, and one made while a
  // table was nearly empty would go on scanning it: log tails took 0.6 ms instead of 0.07.
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  jit: "off",
};

/** Settings of a session of our own, where Postgres can be told all that we like. */
const own = {
  ...startupParameters,
  ...needed,
  ...wanted,
  IntervalStyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  client_min_messages: "warning",
  // A statement is planned once for a connection. Left to choose, Postgres plans most of them anew each time, since a
  // plan for one item looks cheaper than the general one: a mark took 3.0 ms of its CPU that way.
  plan_cache_mode: "force_generic_plan",
  default_transaction_deferrable: "off",
  idle_session_timeout: "0",
  // Since Postgres 17.
  transaction_timeout: "0",
};

/** The stronger promise stays; all others become `on`: an acknowledged write survives a crash (R10, R16). */
const synchronousCommit =
  "case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end";

const readOnlyColumn =
  "(pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as \"isReadOnly\"";

/** Whether the server takes no writes now: one row, {@link Greeting}. */
export const isReadOnlyStatement = `select ${readOnlyColumn}`;

/**
 * Rows where a session waits for a standby to confirm its commit: the one with the process `$1`, or, where
 * sessions are lent (`$2`) and it can't be told which is ours, any of this role's.
 */
export const waitsForStandbyStatement = `
  select from pg_stat_activity where wait_event = 'SyncRep'
    and (pid = $1::int or ($2::boolean and usename = current_user))`;

/**
 * What a new connection says first, in one round trip; its last result is one row, {@link Greeting}.
 * Settings that this Postgres does not know are left out.
 */
export function greet(
  kind: SessionKind,
  { allowsBitmapScans = false } = {},
): string {
  if (kind === "lent") return isReadOnlyStatement;
  const settings = allowsBitmapScans
    ? // How much has changed decides the plan of a sweep.
      { ...own, enable_bitmapscan: "on", plan_cache_mode: "auto" }
    : own;
  const values = Object.entries(settings).map(
    ([name, value]) => `(${literal(name)}, ${literal(value)})`,
  );
  values.push(`('synchronous_commit', ${synchronousCommit})`);
  return `select set_config(found.name, ours.value, false)
    from (values ${values.join(", ")}) as ours (name, value) join pg_settings as found using (name);
    ${isReadOnlyStatement}`;
}

/** What a server says of itself when a connection is opened. */
export interface Greeting {
  readonly isReadOnly: boolean;
}

/**
 * The same settings for the one transaction of a migration, which may last.
 * @param lockWaitMs how long it may wait for one lock; without end unless said
 */
export function migrationSettings(lockWaitMs = 0): string {
  const settings = {
    ...needed,
    lock_timeout: `${String(lockWaitMs)}ms`,
    statement_timeout: "0",
    idle_in_transaction_session_timeout: "0",
  };
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config(${literal(name)}, ${literal(value)}, true)`,
  );
  return `select ${calls.join(", ")}, set_config('synchronous_commit', ${synchronousCommit}, true)`;
}

/**
 * Settings that a lent session has otherwise than ours would: where sessions are lent, none can be set
 * for good, so the role has to bring them. Asked for as rows of `name`, `value` (the one we want) and
 * `isNeeded`.
 */
export const differingSettings = `
  select name, ours.value, ours.is_needed as "isNeeded"
  from (values
    ${[
      ...Object.entries(needed)
        // Checked by what they come to.
        .filter(([name]) => !/^(row_security|search_path)$/.test(name))
        .map((entry) => [...entry, true] as const),
      ...Object.entries(wanted).map((entry) => [...entry, false] as const),
    ]
      .map(
        ([name, value, isNeeded]) =>
          `(${literal(name)}, ${literal(value)}, ${String(isNeeded)})`,
      )
      .join(",\n    ")}
  ) as ours (name, value, is_needed)
  where current_setting(name) is distinct from ours.value
  union all
  select 'synchronous_commit', 'on', true where current_setting('synchronous_commit') = 'off'`;

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
