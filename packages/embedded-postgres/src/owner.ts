import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunning, type ProcessIdentity } from "./process.js";

/** Thrown where another living Acked process uses the data directory. */
export class DataDirInUseError extends Error {
  override readonly name = "DataDirInUseError";
  readonly dataDir: string;
  /** The pid of that process; null where it is not known. */
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
 * The living process that `acked.pid` in the data directory names. The file is enough to refuse a start
 * at once, also while the Postgres of the owner is stuck or dead. It is not enough to allow a start:
 * that takes the lock (lock.ts).
 */
export async function livingOwner(
  dataDir: string,
): Promise<ProcessIdentity | null> {
  const text = await readFile(ownerFile(dataDir), "utf8").catch(() => "");
  const owner = parseIdentity(text);
  return owner !== null && (await isRunning(owner)) ? owner : null;
}

/** Writes the owner's file. Only the holder of the lock may do so. */
export async function writeOwner(
  dataDir: string,
  owner: ProcessIdentity,
): Promise<void> {
  const path = ownerFile(dataDir);
  await writeFile(`${path}.new`, formatIdentity(owner));
  await rename(`${path}.new`, path);
}

/** Removes the owner's file. Only the holder of the lock may do so. */
export async function removeOwner(dataDir: string): Promise<void> {
  await rm(ownerFile(dataDir), { force: true });
}

/** `<pid> <started at>`, at most 30 characters. */
export function formatIdentity({ pid, startedAt }: ProcessIdentity): string {
  return `${String(pid)} ${startedAt}`;
}

/** Reads a text that {@link formatIdentity} wrote; null for any other text. */
export function parseIdentity(text: string): ProcessIdentity | null {
  const [, pid, startedAt] = /^(\d+) (\S+)$/.exec(text.trim()) ?? [];
  if (pid === undefined || startedAt === undefined) return null;
  return { pid: Number(pid), startedAt };
}

function ownerFile(dataDir: string): string {
  return join(dataDir, "acked.pid");
}
