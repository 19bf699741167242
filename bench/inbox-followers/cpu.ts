import { readFile } from "node:fs/promises";
import type { Sql } from "postgres";

/** A tick of /proc/<pid>/stat, in milliseconds. */
const tickMs = 10;

/** The CPU that each process has used since its start, in milliseconds. */
export type CpuOfProcesses = ReadonlyMap<number, number>;

/**
 * The CPU of every process of Postgres that is connected to a database. Empty where Postgres runs on
 * another machine, or where there is no /proc.
 * @param client connected to another database, so that its own work is not counted
 */
export async function cpuOfBackends(
  client: Sql,
  databaseUrl: string,
): Promise<CpuOfProcesses> {
  const database = new URL(databaseUrl).pathname.slice(1);
  const rows = await client<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = ${database}`;
  const used = new Map<number, number>();
  for (const { pid } of rows) {
    const ms = await cpuOfProcess(pid);
    if (ms !== null) used.set(pid, ms);
  }
  return used;
}

async function cpuOfProcess(pid: number): Promise<number | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name before it, in brackets, may hold anything. The fields after it begin with the third.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return null;
  }
}

/** The CPU that was used between two readings; NaN where nothing could be read. */
export function cpuBetween(
  before: CpuOfProcesses,
  after: CpuOfProcesses,
): number {
  if (after.size === 0) return NaN;
  return [...after].reduce(
    (sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0),
    0,
  );
}
