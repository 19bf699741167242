import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.js";
import { inspectProcess, isRunning, type ProcessIdentity } from "./process.js";

/** A running Postgres of a cluster: its first process, which all others end with. */
export interface Postmaster extends ProcessIdentity {
  readonly port: number;
  readonly phase: "starting" | "ready" | "stopping";
  /** Whether it runs the binaries that a start now would run. */
  readonly current: boolean;
}

/** What a cluster's `postmaster.pid` says, checked against the processes there are. */
export type Found =
  /** None runs. A file of a dead one may be left, whose pid another program may have by now. */
  | { readonly kind: "none"; readonly stalePid: number | null }
  | { readonly kind: "postmaster"; readonly postmaster: Postmaster };

/** How long Postgres has to end on a signal, before the next, harder one. */
const signalGraceMs = 5_000;

/**
 * Given to Postgres as its last argument, so that its command line tells whose it is: a setting that
 * means nothing to it. The working directory would tell too, but to look at that of another user's
 * process takes a capability that root in a container does not have.
 */
export function marker({ directory }: Cluster): string {
  return `acked.directory=${directory}`;
}

/** Looks for the cluster's running Postgres, ours or left by an earlier run. */
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
 * Ends a Postgres, taken over or our own: fast shutdown, which breaks off what runs and writes all to
 * disk; after five seconds immediate shutdown, after five more SIGKILL, both made good at the next
 * start from the write-ahead log. Resolves when its process is gone.
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
    // Gone since we looked. Anything else (not ours to signal) shows by its not ending.
    if (error instanceof Error && "code" in error && error.code === "ESRCH")
      return;
    throw error;
  }
}

/** https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h */
async function readPidFile({
  directory,
}: Cluster): Promise<Pick<Postmaster, "pid" | "port" | "phase"> | null> {
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
