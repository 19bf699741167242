import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunning, type ProcessIdentity } from "./process.js";

/** Another Acked process, which is alive, uses the data directory. */
export class DataDirInUseError extends Error {
  override readonly name = "DataDirInUseError";
  readonly dataDir: string;
  /** Of that process; null where it could not be found out. */
  readonly pid: number | null;

  constructor(dataDir: string, pid: number | null) {
    super(
      `The data directory ${dataDir} is in use by another Acked${pid === null ? "" : ` (pid ${String(pid)})`}. Stop that one, or choose another DATA_DIR.`,
    );
    this.dataDir = dataDir;
    this.pid = pid;
  }
}

/**
 * The living process that `acked.pid` in the data directory names. The file's word is enough to refuse
 * a start at once, also while Postgres is stuck or dead under its owner; it never allows one: that
 * takes the lock (embedded-lock.ts).
 */
export async function livingOwner(
  dataDir: string,
): Promise<ProcessIdentity | null> {
  const text = await readFile(ownerFile(dataDir), "utf8").catch(() => "");
  const owner = parseIdentity(text);
  return owner !== null && (await isRunning(owner)) ? owner : null;
}

/** Writes the owner down; only for the holder of the lock. */
export async function writeOwner(
  dataDir: string,
  owner: ProcessIdentity,
): Promise<void> {
  const path = ownerFile(dataDir);
  await writeFile(`${path}.new`, formatIdentity(owner));
  await rename(`${path}.new`, path);
}

/** Strikes the owner out; only for the holder of the lock. */
export async function removeOwner(dataDir: string): Promise<void> {
  await rm(ownerFile(dataDir), { force: true });
}

/** `<pid> <started at>`, at most 30 characters. */
export function formatIdentity({ pid, startedAt }: ProcessIdentity): string {
  return `${String(pid)} ${startedAt}`;
}

/** Reads what {@link formatIdentity} wrote; null for anything else. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const [, pid, startedAt] = /^(\d+) (\S+)$/.exec(text.trim()) ?? [];
  if (pid === undefined || startedAt === undefined) return null;
  return { pid: Number(pid), startedAt };
}

function ownerFile(dataDir: string): string {
  return join(dataDir, "acked.pid");
}
