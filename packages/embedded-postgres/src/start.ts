import { mkdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accountFor } from "./account.js";
import { findBinaries } from "./binaries.js";
import {
  databaseName,
  readPassword,
  roleName,
  type Cluster,
} from "./cluster.js";
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

/** A running Postgres that Acked has started or taken over. */
export interface EmbeddedPostgres {
  /** The `postgres://` URL of the database `acked` on 127.0.0.1, with the password. It differs at each start. */
  readonly url: string;
  /**
   * Stops Postgres, also where it was taken over, and frees the data directory. Statements under way are
   * broken off, so drain the server first. Further calls share the first one.
   */
  stop(): Promise<void>;
}

type Log = (message: string) => void;

/** A taken port is free, and old processes have ended, within seconds. A recovery may take minutes. */
const settleLimitMs = 20_000;
const recoveryLimitMs = 300_000;

/**
 * Starts the Postgres of a data directory. The steps are:
 *
 * 1. owner.ts: a living process that `acked.pid` names refuses the start at once.
 * 2. account.ts: finds the user that Postgres runs as, since it refuses to run as root.
 * 3. binaries.ts: finds the programs that npm installed; binaries-copy.ts copies them where that user
 *    cannot reach them.
 * 4. initdb.ts: makes the database at the first start; cluster.ts describes it.
 * 5. postmaster.ts: finds a Postgres that runs already, left by an Acked that was killed.
 * 6. launch.ts: starts a Postgres where none runs.
 * 7. lock.ts: takes the lock in the database, and writes the owner down. Of two starts at once, one
 *    gets the lock. A Postgres of another installation is ended, and steps 5 to 7 are repeated.
 *
 * Postgres outlives this process when it is killed, and then serves the next start. A Postgres that ends
 * by itself is started again, on the same port. No signal or exit
 * handlers are installed.
 *
 * @throws {DataDirInUseError} while another living process uses the directory, which is not disturbed
 * @throws {Error} with advice, where no Postgres exists for this system or it cannot start
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

/** Finds or starts a Postgres, and takes its lock. */
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
        // This start launched the Postgres, and no other start holds it: nobody needs it.
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

/** Waits for a running Postgres to take connections, or starts one. */
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

/** Throws where another start has taken the Postgres meanwhile: then it must not be ended. */
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
