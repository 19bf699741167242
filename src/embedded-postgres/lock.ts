import { setTimeout as sleep } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import { roleName, type Cluster } from "./cluster.js";
import {
  DataDirInUseError,
  formatIdentity,
  parseIdentity,
  removeOwner,
  writeOwner,
} from "./owner.js";
import type { Postmaster } from "./postmaster.js";
import { isRunning, ownIdentity, type ProcessIdentity } from "./process.js";
import { pgErrorCode } from "../db/failure.js";

/** The right to use a cluster, held as long as this process and its Postgres live. */
export interface Lock {
  /** The connection that holds it, to the database `postgres`. */
  readonly sql: Sql;
  /** Ends Postgres while nobody else can take the cluster, then gives it back. */
  releaseAfter(endPostgres: () => Promise<void>): Promise<void>;
  /** Lets go of the connection only: its Postgres is gone, and another lock is held. */
  abandon(): Promise<void>;
}

/** Postgres did not let us in: it is going, or it is stuck. */
export class NoConnectionError extends Error {}

/** Any number: nothing else takes advisory locks in the database `postgres`. */
const lockKey = 2_102_250;
const connectLimitMs = 5_000;
/** A killed owner's lock goes when Postgres sees its socket closed: milliseconds, unless the machine is busy. */
const dropLimitMs = 10_000;

/**
 * Takes the lock: an advisory lock in the database itself, on a connection that is kept. It goes with
 * the process that holds it, however that ends, and of two starts at once only one gets it.
 *
 * @param onEnded told when that Postgres has ended by itself
 * @throws DataDirInUseError when another living process holds it
 * @throws NoConnectionError when Postgres does not let us in
 */
export async function takeLock(
  cluster: Cluster,
  postmaster: Postmaster,
  password: string,
  { log, onEnded }: { log: (message: string) => void; onEnded: () => void },
): Promise<Lock> {
  const own = await ownIdentity();
  let state: "taking" | "held" | "regaining" | "released" = "taking";
  const sql = postgres({
    host: "127.0.0.1",
    port: postmaster.port,
    database: "postgres",
    user: roleName,
    password,
    ssl: false,
    max: 1,
    // The connection is the lock, so the driver must not renew it, as it does by itself.
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    onclose: () => {
      if (state === "held") void regain();
    },
    connection: { application_name: formatIdentity(own) },
  });
  try {
    await waitForLock(sql, cluster);
    await writeOwner(cluster.dataDir, own);
    state = "held";
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }

  /** The connection broke: Postgres has died, or has ended all connections because a backend crashed. */
  async function regain(): Promise<void> {
    state = "regaining";
    while (await isRunning(postmaster)) {
      const locked = await tryLock(sql).catch(() => null);
      if (isReleased()) return;
      if (locked === true) {
        state = "held";
        return;
      }
      if (locked === false)
        log("another Acked has the data directory's lock: stop one of the two");
      await sleep(locked === false ? 5_000 : 100);
    }
    if (isReleased()) return;
    log(
      `the embedded Postgres (pid ${String(postmaster.pid)}) has ended by itself; its log is ${cluster.logFile}`,
    );
    onEnded();
  }
  const isReleased = (): boolean => state === "released";

  return {
    sql,
    async releaseAfter(endPostgres) {
      state = "released";
      try {
        await endPostgres();
      } finally {
        await removeOwner(cluster.dataDir);
        await sql.end({ timeout: 0 });
      }
    },
    async abandon() {
      state = "released";
      await sql.end({ timeout: 0 });
    },
  };
}

async function waitForLock(sql: Sql, { dataDir }: Cluster): Promise<void> {
  const giveUpAt = performance.now() + dropLimitMs;
  while (!(await connecting(tryLock(sql)))) {
    const holder = await findHolder(sql);
    if (holder !== null && (await isRunning(holder)))
      throw new DataDirInUseError(dataDir, holder.pid);
    if (performance.now() > giveUpAt)
      throw new DataDirInUseError(dataDir, null);
    await sleep(10);
  }
}

/** Tells a Postgres that can't be spoken to from one that refuses us, which is no reason to end it. */
async function connecting<T>(query: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(connectLimitMs, null, { signal: timer.signal }).then(
    () => {
      throw new Error(`no answer in ${String(connectLimitMs / 1_000)} s`);
    },
  );
  try {
    return await Promise.race([query, late]);
  } catch (error) {
    const code = pgErrorCode(error) ?? "";
    if (code.startsWith("28"))
      throw new Error(
        "The embedded Postgres does not take the password that is kept with its data.",
        { cause: error },
      );
    throw new NoConnectionError(
      error instanceof Error ? error.message : String(error),
      { cause: error },
    );
  } finally {
    late.catch(() => undefined);
    timer.abort();
  }
}

async function tryLock(sql: Sql): Promise<boolean> {
  const [row] = await sql<
    { locked: boolean }[]
  >`select pg_try_advisory_lock(${lockKey}) as locked`;
  return row?.locked === true;
}

/** Who holds the lock, by the name its connection bears; null when it has just gone. */
async function findHolder(sql: Sql): Promise<ProcessIdentity | null> {
  const [row] = await sql<{ name: string }[]>`
    select activity.application_name as name
    from pg_locks as held
    join pg_stat_activity as activity using (pid)
    where held.locktype = 'advisory' and held.granted
      and held.objid = ${lockKey} and activity.datname = current_database()`;
  return parseIdentity(row?.name ?? "");
}
