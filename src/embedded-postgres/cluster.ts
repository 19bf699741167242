import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account.js";
import type { Binaries } from "./binaries.js";

/** A database cluster, as Postgres calls what one server serves, and what is needed to run it. */
export interface Cluster {
  /** Absolute, without symbolic links. */
  readonly dataDir: string;
  /** Postgres's own directory, in `dataDir`. */
  readonly directory: string;
  /** What Postgres and initdb print. */
  readonly logFile: string;
  readonly binaries: Binaries;
  /** Whom Postgres runs as; null when that is who we are. */
  readonly account: Account | null;
}

/** The cluster's one role, a superuser: nobody but Acked is a client of it. */
export const roleName = "acked";

/** Within Postgres's directory, so that the two appear by one rename and are copied and deleted as one. */
export const passwordFile = "acked.password";

/**
 * How Postgres is told its directory. Its account may not be allowed to walk there (`/root/x/.acked`),
 * but a process is always in its working directory, which is set before it changes to the account, and
 * Linux's link to that is followed without looking at the directories above.
 */
export function directoryArgument({ account, directory }: Cluster): string {
  return account !== null && process.platform === "linux"
    ? "/proc/self/cwd"
    : directory;
}

/**
 * What Postgres and initdb get of the environment. Of the rest, `PG…` could change what they do, and
 * secrets are no business of theirs.
 */
export function serverEnvironment(): Record<string, string> {
  const kept = ["PATH", "LD_LIBRARY_PATH"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // English messages: we read some of them.
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}

/** The role's password. */
export async function readPassword({ directory }: Cluster): Promise<string> {
  const path = join(directory, passwordFile);
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw new Error(
      `The password of the embedded Postgres can't be read from ${path}. Put it back, or remove ${directory} with all its data.`,
      { cause: error },
    );
  }
}
