import { mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accountFor } from "./account.js";
import { findBinaries } from "./binaries.js";
import { readPassword, roleName, type Cluster } from "./cluster.js";
import { ensureCluster } from "./initdb.js";
import { Keeper, type Held } from "./keeper.js";
import { launch } from "./launch.js";
import { NoConnectionError, takeLock, type Lock } from "./lock.js";
import { DataDirInUseError, livingOwner } from "./owner.js";
import {
  endPostmaster,
  findPostmaster,
  type Postmaster,
} from "./postmaster.js";

export { DataDirInUseError };

/** A Postgres of our own, running. */
export interface EmbeddedPostgres {
  /** `postgres://` URL of its database `acked`, on 127.0.0.1, with the password; differs at each start. */
  readonly url: string;
  /**
   * Stops it, also one that was taken over, and frees the data directory. Breaks off what runs in it,
   * so drain first. May be called again.
   */
  stop(): Promise<void>;
}

type Log = (message: string) => void;

const databaseName = "acked";
/** What passes (a port taken, processes still ending) passes in seconds; a recovery may take minutes. */
const settleLimitMs = 20_000;
const recoveryLimitMs = 300_000;

/**
 * Starts the Postgres of a data directory, made at first use; a Postgres left by an Acked that was
 * killed is taken over. It outlives us when we are killed, and then serves the next start. One that ends
 * by itself is started again, on the same port. Installs no signal or exit handlers.
 *
 * @throws DataDirInUseError while another living process uses the directory; that one is not disturbed
 * @throws Error that says what to do, when there is no Postgres for this system or it can't start
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: Log;
  /** Told once, where it has ended by itself again and again and is not started any more. */
  onFailure?: (error: Error) => void;
}): Promise<EmbeddedPostgres> {
  const { log, onFailure = () => undefined } = options;
  await mkdir(resolve(options.dataDir), { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const owner = await livingOwner(dataDir);
  if (owner !== null) throw new DataDirInUseError(dataDir, owner.pid);

  const directory = join(dataDir, "postgres");
  const logFile = join(dataDir, "postgres.log");
  const account = await accountFor(directory);
  const binaries = await findBinaries(account);
  const cluster: Cluster = { dataDir, directory, logFile, binaries, account };
  await ensureCluster(cluster, log);
  const password = await readPassword(cluster);
  const keeper = new Keeper(
    (port, onEnded) => acquire(cluster, password, port, { log, onEnded }),
    log,
    onFailure,
  );
  const { postmaster, lock } = await keeper.start();
  try {
    await ensureDatabase(lock);
  } catch (error) {
    await keeper.stop();
    throw error;
  }
  return {
    url: `postgres://${roleName}:${encodeURIComponent(password)}@127.0.0.1:${String(postmaster.port)}/${databaseName}`,
    stop: () => keeper.stop(),
  };
}

/** Gets a Postgres that runs, and its lock. */
async function acquire(
  cluster: Cluster,
  password: string,
  port: number | null,
  { log, onEnded }: { log: Log; onEnded: () => void },
): Promise<Held> {
  for (let attempt = 1; ; attempt++) {
    const { postmaster, takenOver } = await runningPostmaster(
      cluster,
      port,
      log,
    );
    const name = `Postgres (pid ${String(postmaster.pid)})`;
    try {
      const lock = await takeLock(cluster, postmaster, password, {
        log,
        onEnded,
      });
      if (postmaster.current) {
        if (takenOver) log(`took over ${name} of an Acked that was killed`);
        return { postmaster, lock };
      }
      log(`stopping ${name}, left by an Acked installed elsewhere`);
      await lock.releaseAfter(() => endPostmaster(postmaster, log));
    } catch (error) {
      if (!(error instanceof NoConnectionError) || attempt === 3) {
        // Ours and of no use to anybody, unless another start was faster to take it.
        if (!takenOver && !(error instanceof DataDirInUseError))
          await endPostmaster(postmaster, log);
        throw error;
      }
      await refuseIfOwned(cluster);
      log(`stopping ${name}, which can't be used: ${error.message}`);
      await endPostmaster(postmaster, log);
    }
  }
}

/** The Postgres that runs, once it takes connections; else starts one. */
async function runningPostmaster(
  cluster: Cluster,
  port: number | null,
  log: Log,
): Promise<{ postmaster: Postmaster; takenOver: boolean }> {
  const startedAt = performance.now();
  for (let reason = ""; ;) {
    const found = await findPostmaster(cluster);
    const waitedMs = performance.now() - startedAt;
    if (found.kind === "postmaster") {
      const { postmaster } = found;
      if (postmaster.phase === "ready") return { postmaster, takenOver: true };
      if (postmaster.phase === "stopping" || waitedMs > recoveryLimitMs) {
        await refuseIfOwned(cluster);
        await endPostmaster(postmaster, log);
      }
    } else if (waitedMs > settleLimitMs) {
      throw new Error(`The embedded Postgres can't start: ${reason}`);
    } else {
      const launched = await launch(cluster, found.stalePid, port);
      if (launched.kind === "ready")
        return { postmaster: launched.postmaster, takenOver: false };
      reason = launched.reason;
    }
    await sleep(50);
  }
}

/** Before ending a Postgres: it may have been another start's meanwhile. */
async function refuseIfOwned({ dataDir }: Cluster): Promise<void> {
  const owner = await livingOwner(dataDir);
  // Ours, where a Postgres that has ended is started again.
  if (owner !== null && owner.pid !== process.pid)
    throw new DataDirInUseError(dataDir, owner.pid);
}

async function ensureDatabase({ sql }: Lock): Promise<void> {
  const found =
    await sql`select from pg_database where datname = ${databaseName}`;
  if (found.length === 0) await sql`create database ${sql(databaseName)}`;
}
