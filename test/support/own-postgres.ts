import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres, { type Sql } from "postgres";
import { freePort } from "../../packages/embedded-postgres/src/free-port.js";
import { accountFor } from "../../packages/embedded-postgres/src/account.js";
import { findBinaries } from "../../packages/embedded-postgres/src/binaries.js";
import {
  directoryArgument,
  readPassword,
  roleName,
  serverEnvironment,
  type Cluster,
} from "../../packages/embedded-postgres/src/cluster.js";
import { ensureCluster } from "../../packages/embedded-postgres/src/initdb.js";

const run = promisify(execFile);

/** A Postgres of a test's own: it may be stopped, lose its standby, or become one. */
export interface OwnPostgres {
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  /** Ends it with all its connections; SIGQUIT is a crash. */
  stop(signal?: "SIGINT" | "SIGQUIT"): Promise<void>;
  /** Runs a statement on a connection of its own. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** A copy of it that takes no writes and follows it; this one is stopped for the moment of copying. */
  standby(): Promise<OwnPostgres>;
  /** Copies its files, stopped for that moment. @returns a function that puts these files back */
  backup(): Promise<() => Promise<void>>;
  /** The next start is that of a standby which follows nobody. */
  becomeStandby(): Promise<void>;
  remove(): Promise<void>;
}

/** Makes and starts one. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), "acked-own-")));
  const directory = join(dataDir, "postgres");
  const account = await accountFor(directory);
  const cluster: Cluster = {
    dataDir,
    directory,
    logFile: join(dataDir, "postgres.log"),
    binaries: await findBinaries(account),
    account,
  };
  await ensureCluster(cluster, () => undefined);
  const made = await own(cluster);
  await made.start();
  return made;
}

async function own(cluster: Cluster): Promise<OwnPostgres> {
  const { directory, binaries, account } = cluster;
  const port = await freePort();
  const password = await readPassword(cluster);
  const address = (user: string) =>
    `postgres://${user}:${password}@127.0.0.1:${String(port)}/postgres`;
  const url = address(roleName);
  let child: ChildProcess | null = null;

  async function sql(text: string): Promise<Record<string, unknown>[]> {
    const client: Sql = postgres(url, { max: 1, onnotice: () => undefined });
    try {
      return [...(await client.unsafe(text))];
    } finally {
      await client.end({ timeout: 1 });
    }
  }
  async function start(): Promise<void> {
    const settings = [
      `port=${String(port)}`,
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "shared_buffers=16MB",
      "max_connections=50",
    ];
    child = spawn(
      binaries.postgres,
      [
        ...["-D", directoryArgument(cluster)],
        ...settings.flatMap((setting) => ["-c", setting]),
      ],
      { cwd: directory, env: serverEnvironment(), stdio: "ignore", ...account },
    );
    const giveUpAt = performance.now() + 20_000;
    for (;;) {
      const isUp = await sql("select 1").then(
        () => true,
        () => false,
      );
      if (isUp) return;
      if (performance.now() > giveUpAt) throw new Error("it does not start");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  async function stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }
  const becomeStandby = async () => {
    await writeFile(join(directory, "standby.signal"), "");
  };
  return {
    port,
    url,
    start,
    stop,
    sql,
    becomeStandby,
    async backup() {
      const copy = join(cluster.dataDir, "backup");
      await stop();
      await run("cp", ["-a", directory, copy]);
      await start();
      return async () => {
        await stop("SIGQUIT");
        await rm(directory, { recursive: true });
        await run("cp", ["-a", copy, directory]);
        await start();
      };
    },
    async standby() {
      await stop();
      const dataDir = await realpath(
        await mkdtemp(join(tmpdir(), "acked-own-")),
      );
      const copy = join(dataDir, "postgres");
      await run("cp", ["-a", directory, copy]);
      await start();
      await writeFile(join(copy, "standby.signal"), "");
      await writeFile(
        join(copy, "postgresql.auto.conf"),
        `primary_conninfo = 'host=127.0.0.1 port=${String(port)} user=${roleName} password=${password}'\n`,
      );
      const standby = await own({ ...cluster, dataDir, directory: copy });
      await standby.start();
      return standby;
    },
    async remove() {
      await stop("SIGQUIT");
      await rm(cluster.dataDir, { recursive: true, force: true });
    },
  };
}
