import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";

/** The user of the operating system that Postgres runs as, where Acked runs as another user. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
const accountName = "postgres";

/**
 * The account that runs Postgres on a directory; null where an ordinary user runs both. Postgres
 * refuses to run as root. So root runs it as the owner of the directory, or where there is no
 * directory as the user `postgres`, which is created where it is missing.
 *
 * @throws {Error} where the directory belongs to another user, and this process is not root
 */
export async function accountFor(directory: string): Promise<Account | null> {
  const own = process.getuid?.();
  const owner = await stat(directory).catch(() => null);
  if (own !== 0) {
    if (owner !== null && owner.uid !== own)
      throw new Error(
        `The database directory ${directory} belongs to the user with uid ${String(owner.uid)}, and this process has uid ${String(own)}. Start as that user, or choose another DATA_DIR.`,
      );
    return null;
  }
  // An empty directory that root owns (such as a fresh volume) is replaced when the database is made.
  if (owner !== null && owner.uid !== 0)
    return { uid: owner.uid, gid: owner.gid };
  return (await lookUp()) ?? (await create());
}

async function lookUp(): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([
      run("id", ["-u", accountName]),
      run("id", ["-g", accountName]),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function create(): Promise<Account> {
  const failure = await run("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    ...["--shell", "/usr/sbin/nologin"],
    accountName,
  ]).then(
    () => "",
    (error: unknown) => String(error),
  );
  // Also after a failure: another start may just have created the user.
  const account = await lookUp();
  if (account !== null) return account;
  throw new Error(
    `Postgres does not run as root, and the user "${accountName}" to run it as could not be created (${failure.trim()}). Create that user, or start as an ordinary user, or set DATABASE_URL.`,
  );
}
