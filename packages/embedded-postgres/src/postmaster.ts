import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.js";
import { inspectProcess, isRunning, type ProcessIdentity } from "./process.js";

/** The first process of a running Postgres. Its other processes end with it. */
export interface Postmaster extends ProcessIdentity {
  readonly port: number;
  readonly phase: "starting" | "ready" | "stopping";
  /** Whether it runs the binaries that a new start would run. */
  readonly current: boolean;
}

/** The content of a cluster's `postmaster.pid`, compared with the running processes. */
export type Found =
  /** No Postgres runs. A dead one may have left its file, and another program may have its pid by now. */
  | { readonly kind: "none"; readonly stalePid: number | null }
  | { readonly kind: "postmaster"; readonly postmaster: Postmaster };

/** How long Postgres may take to end, before it is sent the next, harder signal. */
const signalGraceMs = 5_000;

/**
 * The last argument of Postgres: a setting without meaning, by which the command line names the
 * cluster. The working directory names it too, but root in a container lacks the capability to read the
 * working directory of another user's process.
 */
export function marker({ directory }: Pick<Cluster, "directory">): string {
  return `acked.directory=${directory}`;
}

/** Looks for a running Postgres of the cluster, also one that an earlier run has left. */
export async function findPostmaster(cluster: Cluster): Promise<Found> {
  const file = await readPidFile(cluster);
  if (file === null) return { kind: "none", stalePid: null };
  const { pid, port, phase } = file;
  const running = await inspectProcess(pid);
  if (!running?.command.endsWith(` ${marker(cluster)}`))
    return { kind: "none", stalePid: pid };
  const { startedAt, command } = running;
  const current = command.startsWith(`${cluster.binaries.postgres} `);
  return {
    kind: "postmaster",
    postmaster: { pid, startedAt, port, phase, current },
  };
}

/**
 * Ends a Postgres, and resolves when its process is gone. A fast shutdown breaks off statements and
 * writes all data to disk. After five seconds follows an immediate shutdown, after five more SIGKILL;
 * the next start then recovers from the write-ahead log.
 */
export async function endPostmaster(
  postmaster: ProcessIdentity,
  log: (message: string) => void,
): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (!(await isRunning(postmaster))) return;
    if (signal !== "SIGINT")
      log(
        `Postgres (pid ${String(postmaster.pid)}) has not ended yet, sending ${signal}`,
      );
    sendSignal(postmaster.pid, signal);
    const giveUpAt = performance.now() + signalGraceMs;
    while (performance.now() < giveUpAt) {
      if (!(await isRunning(postmaster))) return;
      await sleep(10);
    }
  }
  throw new Error(
    `Postgres (pid ${String(postmaster.pid)}) does not end, not even on SIGKILL.`,
  );
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: the process has ended since the last look.
    if (error instanceof Error && "code" in error && error.code === "ESRCH")
      return;
    throw error;
  }
}

/** Reads `postmaster.pid`: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h */
export async function readPidFile({
  directory,
}: Pick<Cluster, "directory">): Promise<Pick<
  Postmaster,
  "pid" | "port" | "phase"
> | null> {
  const path = join(directory, "postmaster.pid");
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const status = lines[7]?.trim();
  const phase =
    status === "ready" || status === "stopping" ? status : "starting";
  return { pid, port: Number(lines[3]), phase };
}
