import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  directoryArgument,
  passwordFile,
  roleName,
  serverEnvironment,
  type Cluster,
} from "./cluster.js";
import { isRunning, ownIdentity } from "./process.js";

const unfinishedPrefix = "postgres.new-";

/**
 * Makes the cluster where there is none. The cluster is made under another name, and renamed when it is
 * whole: a start that was interrupted leaves nothing that the next start would take for a cluster. Of
 * two starts at once, one rename succeeds, and both starts go on with that cluster.
 */
export async function ensureCluster(
  cluster: Cluster,
  log: (message: string) => void,
): Promise<void> {
  await removeUnfinished(cluster, log);
  if (await isMade(cluster)) return;
  const startedAt = performance.now();
  const own = await ownIdentity();
  const unfinished = await mkdtemp(
    join(
      cluster.dataDir,
      `${unfinishedPrefix}${String(own.pid)}-${own.startedAt}-`,
    ),
  );
  try {
    const made = join(unfinished, "postgres");
    await initialise(cluster, unfinished, made);
    await rename(join(unfinished, "password"), join(made, passwordFile));
    await rename(made, cluster.directory).catch(async (error: unknown) => {
      if (await isMade(cluster)) return; // by another start
      throw new Error(
        `${cluster.directory} is there but is no Postgres database. Remove it, or choose another DATA_DIR.`,
        { cause: error },
      );
    });
    await syncDirectory(cluster.dataDir);
  } finally {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 });
  }
  const tookMs = Math.round(performance.now() - startedAt);
  log(`made a new database in ${cluster.directory} (${String(tookMs)} ms)`);
}

async function initialise(
  cluster: Cluster,
  parent: string,
  made: string,
): Promise<void> {
  const password = join(parent, "password");
  await mkdir(made, { mode: 0o700 });
  await writeFile(password, randomBytes(24).toString("hex"), {
    mode: 0o600,
    flush: true,
  });
  if (cluster.account !== null)
    for (const path of [parent, made, password])
      await chown(path, cluster.account.uid, cluster.account.gid);
  try {
    await promisify(execFile)(
      cluster.binaries.initdb,
      [
        `--pgdata=${directoryArgument({ ...cluster, directory: made })}`,
        // Relative to the working directory, because the account may lack the right to the full path.
        "--pwfile=../password",
        `--username=${roleName}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // The collation that Postgres brings along: text is ordered by its bytes, case follows Unicode,
        // and an update of the C library cannot change an order that indexes rely on.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
      ],
      { cwd: made, env: serverEnvironment(), ...cluster.account },
    );
  } catch (error) {
    throw new Error(
      `The database in ${cluster.dataDir} could not be made: ${error instanceof Error ? error.message.trim() : String(error)}`,
      { cause: error },
    );
  }
}

/** Removes the unfinished clusters of starts that were killed. */
async function removeUnfinished(
  { dataDir }: Cluster,
  log: (message: string) => void,
): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(unfinishedPrefix)) continue;
    const [pid, startedAt] = name.slice(unfinishedPrefix.length).split("-");
    const maker = { pid: Number(pid), startedAt: startedAt ?? "" };
    if (await isRunning(maker)) continue;
    log(`removing ${name}, left by a start that was interrupted`);
    // An initdb may still be writing into it. The next start then removes the rest.
    await rm(join(dataDir, name), { recursive: true, maxRetries: 5 }).catch(
      (error: unknown) => {
        log(`could not remove ${name}: ${String(error)}`);
      },
    );
  }
}

/** Whether the cluster exists. The rename makes it whole or absent, so one file is proof. */
function isMade({ directory }: Cluster): Promise<boolean> {
  return stat(join(directory, "PG_VERSION")).then(
    () => true,
    () => false,
  );
}

/** Makes the rename durable. The files inside are durable already, by initdb. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
