import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** A process, distinguished from a later process with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** An opaque text without spaces and hyphens; two processes with the same pid differ in it. */
  readonly startedAt: string;
}

/** A running process, and its command line. */
export interface RunningProcess extends ProcessIdentity {
  /** Its arguments, joined with spaces. */
  readonly command: string;
}

/**
 * The running process of a pid; null where there is none. A zombie does not count: in a container whose
 * first process does not reap, a dead Postgres would look alive for ever.
 */
export function inspectProcess(pid: number): Promise<RunningProcess | null> {
  return process.platform === "linux" ? inspectProc(pid) : inspectPs(pid);
}

/** Whether the process still runs: this one, not a later one with its pid. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  const found = await inspectProcess(identity.pid);
  return found?.startedAt === identity.startedAt;
}

/** The identity of the current process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const own = await inspectProcess(process.pid);
  if (own === null)
    throw new Error(
      "This process can't be found in /proc (or by ps): is /proc mounted?",
    );
  return { pid: own.pid, startedAt: own.startedAt };
}

async function inspectProc(pid: number): Promise<RunningProcess | null> {
  const [stat, command, bootId] = await Promise.all([
    readOrEmpty(`/proc/${String(pid)}/stat`),
    readOrEmpty(`/proc/${String(pid)}/cmdline`),
    readOrEmpty("/proc/sys/kernel/random/boot_id"),
  ]);
  // The second field is the program's name in brackets, with any characters: fields count from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, ticks] = [fields[0], fields[19]];
  if (ticks === undefined || state === "Z" || state === "X") return null;
  return {
    pid,
    // Ticks count from the boot. With the id of the boot, no two processes share both ticks and a pid.
    startedAt: `${bootId.slice(0, 8)}:${ticks}`,
    command: command.replaceAll("\0", " ").trimEnd(),
  };
}

async function inspectPs(pid: number): Promise<RunningProcess | null> {
  const columns = ["stat=", "lstart=", "command="].flatMap((c) => ["-o", c]);
  const listed = await promisify(execFile)(
    "ps",
    ["-ww", "-p", String(pid), ...columns],
    { env: { ...process.env, LC_ALL: "C" } },
  ).catch(() => ({ stdout: "" }));
  const parts =
    /^\s*(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/m.exec(
      listed.stdout,
    ) ?? [];
  const [, state, startedAt, command] = parts;
  if (startedAt === undefined || command === undefined) return null;
  if (state?.startsWith("Z")) return null;
  return {
    pid,
    startedAt: startedAt.replaceAll(/\s+/g, "_"),
    command: command.trimEnd(),
  };
}

/** Reads a file of `/proc`; empty where the process has gone (ENOENT or ESRCH). */
function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
