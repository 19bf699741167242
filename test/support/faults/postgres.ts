import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import postgres, { type Sql } from "postgres";
import { freePort } from "../../../packages/embedded-postgres/src/free-port.js";
import {
  accountFor,
  type Account,
} from "../../../packages/embedded-postgres/src/account.js";
import {
  findBinaries,
  type Binaries,
} from "../../../packages/embedded-postgres/src/binaries.js";

const run = promisify(execFile);

/** How Postgres is stopped: it breaks off what runs and writes all to disk, or it falls where it stands. */
export type StopMode = "fast" | "immediate";

const signals = { fast: "SIGINT", immediate: "SIGQUIT" } as const;

/** Settings of every cluster. Nothing here makes an acknowledged write last less than by default. */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "60",
  shared_buffers: "32MB",
  wal_level: "replica",
  max_wal_senders: "4",
  // A copy of the directory needs the log since it began.
  wal_keep_size: "256MB",
  timezone: "UTC",
};

/** How a server is started. */
interface Launch {
  readonly program: string;
  readonly account: Account | null;
  readonly env: Readonly<Record<string, string>>;
}

/** Makes clusters below one folder, and removes them all. */
export class Clusters {
  private readonly made: Cluster[] = [];
  private readonly folder: string;
  private readonly binaries: Binaries;
  private readonly account: Account | null;
  private readonly env: Readonly<Record<string, string>>;

  private constructor(
    folder: string,
    binaries: Binaries,
    account: Account | null,
    env: Readonly<Record<string, string>>,
  ) {
    this.folder = folder;
    this.binaries = binaries;
    this.account = account;
    this.env = env;
  }

  /** @param env what the servers get of the environment, beside the path */
  static async open(
    env: (folder: string) => Promise<Record<string, string>>,
  ): Promise<Clusters> {
    const folder = await mkdtemp(join(tmpdir(), "acked-faults-"));
    await chmod(folder, 0o755);
    const account = await accountFor(join(folder, "none"));
    if (account) await chown(folder, account.uid, account.gid);
    const binaries = await findBinaries(account);
    return new Clusters(folder, binaries, account, await env(folder));
  }

  /** A new cluster, which runs. */
  async create(): Promise<Cluster> {
    const cluster = await this.place("primary");
    await this.as(this.binaries.initdb, [
      ...["-D", cluster.directory, "-U", "acked", "-A", "trust"],
      ...["-E", "UTF8", "--locale=C", "--no-sync"],
    ]);
    await cluster.start();
    return cluster;
  }

  /** A copy of a cluster that runs under load, as a base backup takes it. It does not run yet. */
  async copyOf(source: Cluster, name: string): Promise<Cluster> {
    const copy = await this.place(name);
    const sql = source.connect();
    try {
      await sql`select pg_backup_start(${name}, fast => true)`;
      // Files that vanish meanwhile are told of, and made good by the log.
      await this.as("cp", ["-a", source.directory, copy.directory]).catch(
        () => undefined,
      );
      const [stopped] = await sql<{ labelfile: string }[]>`
        select labelfile from pg_backup_stop(wait_for_archive => false)`;
      await rm(join(copy.directory, "postmaster.pid"), { force: true });
      await rm(join(copy.directory, "pg_wal"), { recursive: true });
      await this.as("cp", [
        "-a",
        join(source.directory, "pg_wal"),
        join(copy.directory, "pg_wal"),
      ]).catch(() => undefined);
      await this.write(copy, "backup_label", stopped?.labelfile ?? "");
    } finally {
      await sql.end();
    }
    return copy;
  }

  /** A streaming standby, which runs. */
  async standbyOf(source: Cluster): Promise<Cluster> {
    const standby = await this.copyOf(source, "standby");
    await this.write(standby, "standby.signal", "");
    await this.write(
      standby,
      "postgresql.auto.conf",
      `primary_conninfo = 'host=127.0.0.1 port=${source.port} user=acked application_name=standby'\n`,
    );
    await standby.start();
    return standby;
  }

  /** Puts a copy in the place of a stopped cluster. */
  async restore(cluster: Cluster, backup: Cluster): Promise<void> {
    await rename(cluster.directory, `${cluster.directory}-lost`);
    await rename(backup.directory, cluster.directory);
  }

  async close(): Promise<void> {
    for (const cluster of this.made) await cluster.stop("immediate");
    await rm(this.folder, { recursive: true, force: true });
  }

  private async place(name: string): Promise<Cluster> {
    const cluster = new Cluster(join(this.folder, name), await freePort(), {
      program: this.binaries.postgres,
      account: this.account,
      env: this.env,
    });
    this.made.push(cluster);
    return cluster;
  }

  private async write(
    { directory }: Cluster,
    file: string,
    text: string,
  ): Promise<void> {
    const path = join(directory, file);
    await writeFile(path, text, { mode: 0o600 });
    if (this.account) await chown(path, this.account.uid, this.account.gid);
  }

  private as(program: string, args: string[]): Promise<unknown> {
    return run(program, args, {
      cwd: this.folder,
      env: { PATH: process.env["PATH"], LC_ALL: "C" },
      ...this.account,
    });
  }
}

/** A Postgres of the test's own. */
export class Cluster {
  private child: ChildProcess | null = null;
  private said = "";

  readonly directory: string;
  readonly port: number;
  private readonly how: Launch;

  constructor(directory: string, port: number, how: Launch) {
    this.directory = directory;
    this.port = port;
    this.how = how;
  }

  get url(): string {
    return `postgres://acked@127.0.0.1:${this.port}/postgres`;
  }

  /** One connection that the test speaks over. */
  connect(): Sql {
    return postgres(this.url, { max: 1, onnotice: () => undefined });
  }

  /** Starts it, and waits until it takes connections. */
  async start(): Promise<void> {
    const { program, account, env } = this.how;
    const flags = { ...settings, port: String(this.port) };
    this.said = "";
    const child = spawn(
      program,
      [
        ...["-D", this.directory],
        ...Object.entries(flags).flatMap(([name, value]) => [
          "-c",
          `${name}=${value}`,
        ]),
      ],
      {
        cwd: this.directory,
        stdio: ["ignore", "ignore", "pipe"],
        env: { PATH: process.env["PATH"], LC_ALL: "C", ...env },
        ...account,
      },
    );
    child.stderr.on("data", (data: Buffer) => {
      this.said = (this.said + data.toString()).slice(-10_000);
    });
    this.child = child;
    for (const until = Date.now() + 60_000; Date.now() < until;) {
      if (child.exitCode !== null) break;
      const sql = this.connect();
      try {
        await sql`select 1`;
        return;
      } catch {
        await delay(20);
      } finally {
        await sql.end({ timeout: 0 });
      }
    }
    throw new Error(`Postgres did not start: ${this.said}`);
  }

  async stop(mode: StopMode): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signals[mode]);
    await exit;
  }
}
