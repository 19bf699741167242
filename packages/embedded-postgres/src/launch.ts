import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, rename, stat, type FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.js";
import {
  directoryArgument,
  serverEnvironment,
  type Cluster,
} from "./cluster.js";
import { findPostmaster, marker, type Postmaster } from "./postmaster.js";

/** The outcome of a start of Postgres. */
export type Launched =
  | { readonly kind: "ready"; readonly postmaster: Postmaster }
  /** Postgres did not start for a reason that passes: look for a running one, or try again. */
  | { readonly kind: "try-again"; readonly reason: string };

/** After a kill -9 Postgres first replays its write-ahead log, at most 1 GB with our settings. */
const recoveryLimitMs = 300_000;
const logRotationBytes = 16 * 1024 * 1024;

/**
 * Messages of failures that pass: another process took the free port; processes of a Postgres whose
 * first process was killed are still ending; another start was faster, and its Postgres runs now.
 */
const passing =
  /could not bind|could not create any TCP\/IP sockets|pre-existing shared memory block .*is still in use|lock file "postmaster.pid" already exists|bogus data in lock file/;

/**
 * Starts Postgres on a free port of 127.0.0.1 and waits until it takes connections. Postgres gets a
 * session of its own: Ctrl-C in the terminal does not reach it before the server has drained, and it
 * lives on when this process is killed.
 *
 * @param stalePid the pid in a `postmaster.pid` whose process is no Postgres of this cluster. Postgres
 * refuses to start while any process has that pid, another program or a zombie too. PG_GRANDPARENT_PID,
 * by which pg_ctl passes the pid of its shell, tells Postgres that the pid is no rival. The check for
 * shared memory in use is not affected.
 * @param port the port to listen on; null takes a free one
 * @throws {Error} with the end of the log of Postgres, where it cannot start
 */
export async function launch(
  cluster: Cluster,
  stalePid: number | null,
  port: number | null,
): Promise<Launched> {
  const logHandle = await openLog(cluster);
  try {
    const from = (await logHandle.stat()).size;
    const child = spawn(
      cluster.binaries.postgres,
      serverArguments(cluster, port ?? (await freePort())),
      {
        cwd: cluster.directory,
        detached: true,
        stdio: ["ignore", logHandle.fd, logHandle.fd],
        env: {
          ...serverEnvironment(),
          ...(stalePid === null
            ? {}
            : { PG_GRANDPARENT_PID: String(stalePid) }),
        },
        ...cluster.account,
      },
    );
    await once(child, "spawn");
    child.unref();
    const ended = (): boolean =>
      child.exitCode !== null || child.signalCode !== null;

    const giveUpAt = performance.now() + recoveryLimitMs;
    while (!ended() && performance.now() < giveUpAt) {
      const found = await findPostmaster(cluster);
      if (
        found.kind === "postmaster" &&
        found.postmaster.pid === child.pid &&
        found.postmaster.phase === "ready"
      )
        return { kind: "ready", postmaster: found.postmaster };
      await sleep(10);
    }
    // A Postgres that still replays its log is left alone: the next start finds it.
    const printed = await readFrom(logHandle, from);
    if (ended() && passing.test(printed))
      return { kind: "try-again", reason: printed.trim() };
    throw new Error(
      `The embedded Postgres did not start. ${cluster.logFile} says:\n${printed.slice(-2_000).trim()}`,
    );
  } finally {
    await logHandle.close();
  }
}

function serverArguments(cluster: Cluster, port: number): string[] {
  const settings = {
    port: String(port),
    // Clients come from this machine alone, with the password. A Unix socket would need a short path
    // that both accounts can reach.
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "100",
    shared_buffers: "128MB",
    // The cluster is neither replicated nor archived. The settings that make an acknowledged write last
    // (fsync, synchronous_commit, full_page_writes) keep their default, which is on.
    wal_level: "minimal",
    max_wal_senders: "0",
    max_logical_replication_workers: "0",
    // Postgres makes a checkpoint every five minutes: that would fill the log.
    log_checkpoints: "off",
    timezone: "UTC",
    log_timezone: "UTC",
  };
  const flags = Object.entries(settings).map(
    ([name, value]) => `${name}=${value}`,
  );
  return [
    ...["-D", directoryArgument(cluster)],
    ...[...flags, marker(cluster)].flatMap((flag) => ["-c", flag]),
  ];
}

/** Opens the log to append. A log that is too large is renamed first, and replaces the one renamed before. */
async function openLog({ logFile }: Cluster): Promise<FileHandle> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logRotationBytes) await rename(logFile, `${logFile}.1`);
  return open(logFile, "a+", 0o600);
}

async function readFrom(handle: FileHandle, from: number): Promise<string> {
  const length = (await handle.stat()).size - from;
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, from);
  return buffer.toString("utf8");
}
