import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, rename, stat, type FileHandle } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  directoryArgument,
  serverEnvironment,
  type Cluster,
} from "./cluster.js";
import { findPostmaster, marker, type Postmaster } from "./postmaster.js";

/** How a start of Postgres went. */
export type Launched =
  | { readonly kind: "ready"; readonly postmaster: Postmaster }
  /** It did not start for a reason that passes: look again and try again. */
  | { readonly kind: "try-again"; readonly reason: string };

/** After a kill -9 Postgres first replays its write-ahead log, at most 1 GB with our settings. */
const recoveryLimitMs = 300_000;
const logRotationBytes = 16 * 1024 * 1024;

/**
 * What passes: another process took the port we had found free; processes of a Postgres whose first
 * process was killed are still ending; another start was faster, and its Postgres is now there.
 */
const passing =
  /could not bind|could not create any TCP\/IP sockets|pre-existing shared memory block .*is still in use|lock file "postmaster.pid" already exists|bogus data in lock file/;

/**
 * Starts Postgres on a free port of 127.0.0.1 and waits until it takes connections. It gets a session
 * of its own, so that Ctrl-C in our terminal does not reach it before the server has drained, and it
 * stays when we are killed.
 *
 * @param stalePid the pid in a `postmaster.pid` that is not this cluster's Postgres any more. Postgres
 * itself sees only whether something has that pid, another program or a zombie too, and refuses then.
 * Told that it is its grandparent's, as pg_ctl tells it its shell's, it does not take it for a rival;
 * its check for shared memory still in use stays.
 * @param port where to listen; null takes a free one
 * @throws Error with the end of Postgres's log, when it can't start
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
    // One that is still replaying is left to it: the next start finds it.
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
    // Only this machine, and only with the password: a Unix socket would need a path that is short and
    // that both accounts can reach.
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "100",
    shared_buffers: "128MB",
    // Nothing replicates or archives it. What makes an acknowledged write last (fsync,
    // synchronous_commit, full_page_writes) stays at its default, which is on.
    wal_level: "minimal",
    max_wal_senders: "0",
    max_logical_replication_workers: "0",
    // A checkpoint every five minutes is no news.
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string")
    throw new Error("No free port was found on 127.0.0.1.");
  return address.port;
}

/** Opens it to append; one grown too large is put aside first, in place of the one before. */
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
