import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account.js";
import type { Binaries } from "./binaries.js";

/** A database cluster (the databases that one Postgres serves), with the means to run it. */
export interface Cluster {
  /** An absolute path without symbolic links. */
  readonly dataDir: string;
  /** The directory of Postgres in `dataDir`. */
  readonly directory: string;
  /** The file with the output of Postgres. */
  readonly logFile: string;
  readonly binaries: Binaries;
  /** The account that runs Postgres; null where it is the account of this process. */
  readonly account: Account | null;
}

/** The one role of the cluster, a superuser: Acked is its only client. */
export const roleName = "acked";

/** The database of the cluster that Acked uses. */
export const databaseName = "acked";

/** In the directory of Postgres, so that password and data appear by one rename, and are copied and deleted as one. */
export const passwordFile = "acked.password";

/**
 * The path of the directory in the arguments of Postgres. The account of Postgres may lack the right to
 * enter the directories above (`/root/x/.acked`). The working directory is set before the process
 * changes to the account, and Linux follows its link to it without a look at the directories above.
 */
export function directoryArgument({ account, directory }: Cluster): string {
  return account !== null && process.platform === "linux"
    ? "/proc/self/cwd"
    : directory;
}

/**
 * The environment of Postgres and initdb. Other variables are left out: `PG…` could change what the
 * programs do, and secrets should not reach them.
 */
export function serverEnvironment(): Record<string, string> {
  const kept = ["PATH", "LD_LIBRARY_PATH"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Acked reads some of the messages, in English.
  return { ...Object.fromEntries(kept), LC_ALL: "C" };
}

/** Reads the password of the role. */
export async function readPassword({
  directory,
}: Pick<Cluster, "directory">): Promise<string> {
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
