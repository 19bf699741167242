import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import {
  connect,
  inTransaction,
  type Db,
  type DatabaseOptions,
} from "./connect.js";
import { recordedHash } from "./contract.js";
import { givingWay } from "./giving-way.js";
import {
  migrationsFolder,
  readMigrations,
  type Migration,
} from "./migration-files.js";
import {
  migrationsTable,
  missingMigrations,
  unknownContract,
} from "./migration-state.js";
import { migrationSettings } from "./session.js";

/** Any number that no other program on the same database locks. */
const migrationLock = 7_225_330_414;

/** A migration of a large database lasts; so does the wait for another node's. */
export const migrationLimitMs = 24 * 60 * 60 * 1_000;

/** How often the lock is asked for that another node holds, in milliseconds. */
const askAgainMs = 250;

/** A database whose tables are not those of this version. */
export class WrongTablesError extends Error {
  override readonly name = "WrongTablesError";
}

/** How migrations are applied. */
export interface MigrationOptions extends Pick<DatabaseOptions, "sessions"> {
  readonly signal?: AbortSignal;
  /** The folder of the migrations; this version's unless said. */
  readonly folder?: string;
  /** Told a line for each migration that is applied or gives way, and for a wait for another node's. */
  readonly report?: (line: string) => void;
}

/** {@link MigrationOptions} of migrations that are under way. */
type Applying = MigrationOptions &
  Required<Pick<MigrationOptions, "signal" | "report">>;

/**
 * Brings the database to this version's tables. Nodes that start at once wait for one another: the first
 * migrates under an advisory lock, the others find nothing left to do. Each migration is a transaction of
 * its own, and gives way to whoever holds up or waits behind its locks, {@link givingWay}.
 * @throws {WrongTablesError} where a later version has changed the tables so that this one can't serve them
 */
export async function applyMigrations(
  url: string,
  options: MigrationOptions = {},
): Promise<void> {
  const { signal = new AbortController().signal, report = () => undefined } =
    options;
  const applying: Applying = { ...options, signal, report };
  const migrations = readMigrations(options.folder ?? migrationsFolder);
  const open = () =>
    connect(url, {
      ...(options.sessions && { sessions: options.sessions }),
      max: 1,
      answerLimitMs: migrationLimitMs,
    });
  const work = open();
  const lock = open();
  const giveUp = () => void Promise.all([work.close(0), lock.close(0)]);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    signal.throwIfAborted();
    await refuseUnknownContract(work.db, migrations);
    // Nearly every start finds nothing to do, and takes no lock.
    if ((await missingMigrations(work.db, migrations)).length === 0) return;
    await alone(lock.db, applying, async () => {
      await createTable(work.db);
      for (const migration of await missingMigrations(work.db, migrations))
        await apply(work.db, migration, applying);
    });
  } finally {
    signal.removeEventListener("abort", giveUp);
    await Promise.all([work.close(), lock.close()]);
  }
}

/**
 * Checks that the database has this version's tables, and changes nothing.
 * @throws {WrongTablesError} saying what is to be done
 */
export async function checkMigrations(
  url: string,
  options: MigrationOptions = {},
): Promise<void> {
  const migrations = readMigrations(options.folder ?? migrationsFolder);
  const { db, close } = connect(url, {
    ...(options.sessions && { sessions: options.sessions }),
    max: 1,
  });
  const giveUp = () => void close(0);
  options.signal?.addEventListener("abort", giveUp, { once: true });
  try {
    options.signal?.throwIfAborted();
    await refuseUnknownContract(db, migrations);
    const missing = await missingMigrations(db, migrations);
    if (missing.length > 0)
      throw new WrongTablesError(
        `The database lacks ${missing.map(({ tag }) => tag).join(", ")}, and MIGRATE_ON_START is false: run \`acked migrate\` of this version first.`,
      );
  } finally {
    options.signal?.removeEventListener("abort", giveUp);
    await close();
  }
}

async function refuseUnknownContract(
  db: Db,
  migrations: readonly Migration[],
): Promise<void> {
  const contract = await unknownContract(db, migrations);
  if (contract !== null)
    throw new WrongTablesError(
      `A later version has changed the tables (${contract}) so that this version can't serve them: start that version.`,
    );
}

/**
 * Runs work under the advisory lock of the migrations. The lock is that of a transaction, so behind a
 * pooler nothing stays behind. It is asked for, not waited for: a statement that waits would hold up an
 * index that another node builds concurrently.
 */
async function alone(
  db: Db,
  { signal, report }: Applying,
  work: () => Promise<void>,
): Promise<void> {
  const giveUpAt = performance.now() + migrationLimitMs;
  const attempt = () =>
    inTransaction(db, async (tx) => {
      await tx.execute(sql.raw(migrationSettings()));
      const [row] = await tx.execute<{ isOurs: boolean }>(
        sql`select pg_try_advisory_xact_lock(${migrationLock}) as "isOurs"`,
      );
      if (!row?.isOurs) return false;
      // The answered select is still open and holds its snapshot, for which an index that is built
      // concurrently would wait. Any statement without a snapshot takes its place.
      await tx.execute(sql`set local lock_timeout = 0`);
      await work();
      return true;
    });
  if (await attempt()) return;
  report("Another node migrates, and this one waits for it.");
  do {
    if (performance.now() > giveUpAt)
      throw new Error("another node has been migrating for a day");
    await sleep(askAgainMs, undefined, { signal });
  } while (!(await attempt()));
}

/** As Drizzle makes it, whose tools read it too. */
async function createTable(db: Db): Promise<void> {
  await db.execute(sql`create schema if not exists "drizzle"`);
  await db.execute(sql`create table if not exists ${migrationsTable} (
    id serial primary key, hash text not null, created_at bigint
  )`);
}

/** Applies one migration, and records it. */
async function apply(
  db: Db,
  migration: Migration,
  { signal, sessions, report }: Applying,
): Promise<void> {
  const record = (tx: Db) =>
    tx.execute(sql`insert into ${migrationsTable} (hash, created_at)
      values (${recordedHash(migration)}, ${migration.madeAt})`);
  const begun = performance.now();
  if (migration.isTransaction)
    await givingWay(
      (lockWaitMs) =>
        inTransaction(db, async (tx) => {
          await tx.execute(sql.raw(migrationSettings(lockWaitMs)));
          if (await isDone(tx, migration)) return;
          for (const statement of migration.statements)
            await tx.execute(sql.raw(statement));
          await record(tx);
        }),
      {
        what: `Migration ${migration.tag}`,
        blocker: () => blocker(db),
        signal,
        report,
      },
    );
  else {
    // What may run outside a transaction takes locks that hold up neither readers nor writers.
    if (sessions !== "lent") await db.execute(sql`set statement_timeout = 0`);
    for (const statement of migration.statements)
      await db.execute(sql.raw(statement));
    await record(db);
  }
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  report(`Migration ${migration.tag} is applied, after ${seconds} s.`);
}

/** Whether it was applied meanwhile: the connection with the advisory lock may have been lost. */
async function isDone(tx: Db, { madeAt }: Migration): Promise<boolean> {
  await tx.execute(
    sql`lock table ${migrationsTable} in share row exclusive mode`,
  );
  const rows = await tx.execute(
    sql`select from ${migrationsTable} where created_at >= ${madeAt}`,
  );
  return rows.length > 0;
}

/** Names the transaction that has been open for longest. */
async function blocker(db: Db): Promise<string> {
  const [row] = await db.execute<{
    pid: number;
    program: string;
    state: string;
    seconds: number;
  }>(sql`
    select pid, application_name as program, coalesce(state, '') as state,
      extract(epoch from clock_timestamp() - xact_start)::float8 as seconds
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
      and query !~ 'pg_try_advisory_xact_lock'
    order by xact_start limit 1`);
  if (row === undefined) return "Nothing is open any more.";
  const { pid, program, state, seconds } = row;
  return `The oldest transaction is that of process ${String(pid)} (${program || "unnamed"}, ${state}), open for ${String(Math.round(seconds))} s.`;
}
