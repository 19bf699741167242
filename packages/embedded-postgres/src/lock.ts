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

/** The right to use a cluster, held as long as this process and its Postgres live. */
export interface Lock {
  /** The connection that holds the lock, to the database `postgres`. */
  readonly sql: Sql;
  /** Ends Postgres while no other process can take the cluster, then gives the cluster back. */
  releaseAfter(endPostgres: () => Promise<void>): Promise<void>;
  /** Lets go of the connection only: its Postgres is gone, and another lock is held. */
  abandon(): Promise<void>;
}

/** Postgres took no connection: it is ending, or it is stuck. */
export class NoConnectionError extends Error {}

/** An arbitrary number: no other code takes advisory locks in the database `postgres`. */
const lockKey = 2_102_250;
const connectLimitMs = 5_000;
/** Postgres drops the lock of a killed owner within milliseconds, when it sees the closed socket; later on a busy machine. */
const dropLimitMs = 10_000;

/**
 * Takes the lock: an advisory lock in the database, on a connection that stays open. The lock ends with
 * its process, however that ends. Of two starts at once only one gets the lock.
 *
 * @param onEnded called when Postgres has ended by itself
 * @throws {DataDirInUseError} where another living process holds the lock
 * @throws {NoConnectionError} where Postgres takes no connection
 */
export async function takeLock(
  cluster: Cluster,
  postmaster: Postmaster,
  password: string,
  { log, onEnded }: { log: (message: string) => void; onEnded: () => void },
): Promise<Lock> {
  const own = await ownIdentity();
  let state: "taking" | "held" | "regaining" | "released" = "taking";
  let isOpen = false;
  const sql = postgres({
    host: "127.0.0.1",
    port: postmaster.port,
    database: "postgres",
    user: roleName,
    password,
    ssl: false,
    max: 1,
    // The lock lives as long as the connection, so the driver must not renew the connection.
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    onclose: () => {
      isOpen = false;
      if (state === "held") void regain();
    },
    connection: { application_name: formatIdentity(own) },
  });
  const isReleased = (): boolean => state === "released";
  const isConnected = (): boolean => isOpen;
  try {
    await waitForLock(sql, cluster);
    isOpen = true;
    await writeOwner(cluster.dataDir, own);
    state = "held";
    // The connection may have broken while the owner was written down.
    if (!isConnected()) void regain();
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }

  /** Takes the lock again after the connection broke: Postgres died, or ended all connections after a crash. */
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

/** Waits for a query, and tells a silent Postgres from one that refuses the password, which must not be ended. */
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
    const code =
      error instanceof Error && "code" in error ? String(error.code) : "";
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

/** The holder of the lock, read from the name of its connection; null where it has just gone. */
async function findHolder(sql: Sql): Promise<ProcessIdentity | null> {
  const [row] = await sql<{ name: string }[]>`
    select activity.application_name as name
    from pg_locks as held
    join pg_stat_activity as activity using (pid)
    where held.locktype = 'advisory' and held.granted
      and held.objid = ${lockKey} and activity.datname = current_database()`;
  return parseIdentity(row?.name ?? "");
}
