import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** A process, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque, without spaces and hyphens; differs between two processes that had the same pid. */
  readonly startedAt: string;
}

/** A process that runs now, and the command line it shows. */
export interface RunningProcess extends ProcessIdentity {
  /** Its arguments, joined with spaces. */
  readonly command: string;
}

/**
 * What runs under a pid now; null when nothing does. A zombie counts as nothing: in a container whose
 * first process does not reap, a dead Postgres would otherwise look alive for ever.
 */
export function inspectProcess(pid: number): Promise<RunningProcess | null> {
  return process.platform === "linux" ? inspectProc(pid) : inspectPs(pid);
}

/** Whether that very process still runs. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  const found = await inspectProcess(identity.pid);
  return found?.startedAt === identity.startedAt;
}

/** The process this code runs in. */
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
  // The second field is the program's name in brackets and may hold anything, so count from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, ticks] = [fields[0], fields[19]];
  if (ticks === undefined || state === "Z" || state === "X") return null;
  return {
    pid,
    // Ticks count from the boot: with the boot's id no two processes ever share them and a pid.
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

/** Reading fails with ENOENT or ESRCH, depending on when the process went. */
function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
