import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, watch } from "node:fs";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import { copyWhereReachable } from "../packages/embedded-postgres/src/binaries-copy.js";
import {
  DataDirInUseError,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../packages/embedded-postgres/src/start.js";
import * as embeddedPostgres from "../packages/embedded-postgres/src/index.js";
import { inspectProcess } from "../packages/embedded-postgres/src/process.js";
import {
  loadEmbeddedPostgres,
  type EmbeddedPostgresPackage,
} from "../src/embedded-postgres.js";
import {
  buildEmbeddedChild,
  type As,
  type EmbeddedChild,
} from "./support/embedded-child-process.js";

const asRoot = process.getuid?.() === 0;
/** An ordinary user, where we may become one and it may read this checkout. */
const nobody = asRoot ? findNobody() : null;

let child: Awaited<ReturnType<typeof buildEmbeddedChild>>;
let dataDir: string;
let logged: string[];
/** What a test leaves is undone in the opposite order. */
let undo: (() => Promise<unknown>)[];

beforeAll(async () => {
  child = await buildEmbeddedChild();
});
afterAll(() => child.remove());

beforeEach(async () => {
  undo = [];
  logged = [];
  dataDir = await freshDataDir();
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

async function freshDataDir(owner: As = null): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "acked-embedded-"));
  if (owner !== null) await chown(parent, owner.uid, owner.gid);
  undo.push(() => rm(parent, { recursive: true, force: true, maxRetries: 5 }));
  return join(parent, "data");
}

async function start(): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({
    dataDir,
    log: (message) => logged.push(message),
  });
  undo.push(() => embedded.stop());
  return embedded;
}

function startChild(as: As = null): EmbeddedChild {
  const started = child.start(dataDir, as);
  undo.push(() => started.kill());
  return started;
}

function open(url: string | undefined): Sql {
  const sql = postgres(url ?? "", {
    max: 1,
    onnotice: () => undefined,
    // What the driver asks by itself on a connection that is lost would fail the run.
    fetch_types: false,
  });
  undo.push(() => sql.end({ timeout: 0 }));
  return sql;
}

function pidFile(): string {
  return join(dataDir, "postgres/postmaster.pid");
}

function pidOf(file: string): number {
  return Number(file.split("\n")[0]);
}

async function postmasterPid(): Promise<number> {
  return pidOf(await readFile(pidFile(), "utf8"));
}

/** A zombie is dead: what was orphaned is reaped by the system's first process, some time. */
async function isAlive(pid: number | undefined): Promise<boolean> {
  return (await inspectProcess(pid ?? 0)) !== null;
}

async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`in vain: ${what}`);
    await sleep(5);
  }
}

/** A child that has written a row and was then killed; its Postgres lives on. */
async function leaveOrphan(as: As = null): Promise<number> {
  const owner = startChild(as);
  const { url, error } = await owner.said;
  expect(error).toBeUndefined();
  await writeRow(url);
  await owner.kill();
  const pid = await postmasterPid();
  expect(await isAlive(pid)).toBe(true);
  undo.push(async () => {
    if (await isAlive(pid)) process.kill(pid, "SIGKILL");
    await until("the orphan's end", async () => !(await isAlive(pid)));
  });
  return pid;
}

async function writeRow(url: string | undefined): Promise<void> {
  const sql = open(url);
  await sql`create table seen (what text not null)`;
  await sql`insert into seen values ('acknowledged')`;
  await sql.end();
}

async function rows(url: string): Promise<string[]> {
  const found = await open(url)<{ what: string }[]>`select what from seen`;
  return found.map((row) => row.what);
}

describe("embedded Postgres", { timeout: 60_000 }, () => {
  it("starts in a directory that is not there yet, for this machine and the password only", async () => {
    const { url } = await start();
    const sql = open(url);
    const [row] = await sql`
      select current_database() as database, inet_server_addr() as address,
        current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        current_setting('server_encoding') as encoding,
        current_setting('listen_addresses') as listens`;
    expect(row).toEqual({
      database: "acked",
      address: "127.0.0.1",
      fsync: "on",
      commit: "on",
      encoding: "UTF8",
      listens: "127.0.0.1",
    });
    const secret = await stat(join(dataDir, "postgres/acked.password"));
    expect(secret.mode & 0o777).toBe(0o600);
    const guess = new URL(url);
    guess.password = "guess";
    await expect(open(guess.href)`select 1`).rejects.toThrow(/password/);
  });

  it("stops when told, more than once too, and keeps the data for the next start", async () => {
    const first = await start();
    await writeRow(first.url);
    const pid = await postmasterPid();
    await Promise.all([first.stop(), first.stop()]);
    await first.stop();
    expect(await isAlive(pid)).toBe(false);
    const second = await start();
    expect(await rows(second.url)).toEqual(["acknowledged"]);
  });

  it("lets the process that has it drain on SIGTERM before Postgres ends", async () => {
    const owner = startChild();
    await writeRow((await owner.said).url);
    const pid = await postmasterPid();
    owner.process.kill("SIGTERM");
    expect(await owner.exited).toEqual([0, null]);
    expect(await isAlive(pid)).toBe(false);
    const next = await start();
    expect(await rows(next.url)).toEqual(["acknowledged", "drained"]);
  });

  it("takes over the Postgres of a killed process, and stops it in the end", async () => {
    const orphan = await leaveOrphan();
    const embedded = await start();
    expect(await postmasterPid()).toBe(orphan);
    expect(await rows(embedded.url)).toEqual(["acknowledged"]);
    expect(logged.join()).toContain(`took over Postgres (pid ${orphan})`);
    await embedded.stop();
    expect(await isAlive(orphan)).toBe(false);
  });

  it("starts when process and Postgres were both killed", async () => {
    const orphan = await leaveOrphan();
    process.kill(orphan, "SIGKILL");
    const embedded = await start();
    expect(await postmasterPid()).not.toBe(orphan);
    expect(await rows(embedded.url)).toEqual(["acknowledged"]);
  });

  it("ends an orphan that takes no more connections, and starts anew", async () => {
    const owner = startChild();
    const { url } = await owner.said;
    await writeRow(url);
    // A smart shutdown lasts as long as this client stays.
    await open(url)`select 1`;
    await owner.kill();
    const orphan = await postmasterPid();
    process.kill(orphan, "SIGTERM");
    const pidFile = join(dataDir, "postgres/postmaster.pid");
    await until("shutting down", async () =>
      (await readFile(pidFile, "utf8")).includes("stopping"),
    );
    const embedded = await start();
    expect(await isAlive(orphan)).toBe(false);
    expect(await rows(embedded.url)).toEqual(["acknowledged"]);
  });

  it("refuses a second start while the first lives, and does not disturb it", async () => {
    const owner = startChild();
    const { url } = await owner.said;
    const sql = open(url);
    const [before] = await sql`select pg_backend_pid() as backend`;
    const refused = start();
    await expect(refused).rejects.toBeInstanceOf(DataDirInUseError);
    await expect(refused).rejects.toMatchObject({ pid: owner.process.pid });
    await expect(refused).rejects.toThrow(dataDir);
    // The file that names the owner only makes it quick: the lock in the database decides.
    await rm(join(dataDir, "acked.pid"));
    await expect(start()).rejects.toMatchObject({ pid: owner.process.pid });
    const [after] = await sql`select pg_backend_pid() as backend`;
    expect(after).toEqual(before);
  });

  it("refuses a second start in the same process", async () => {
    const { url } = await start();
    await expect(start()).rejects.toMatchObject({ pid: process.pid });
    expect(await open(url)`select 1 as one`).toEqual([{ one: 1 }]);
  });

  it("is not fooled by a living process that has the dead owner's pid", async () => {
    await mkdir(dataDir);
    const other = await startStranger(null);
    await writeFile(
      join(dataDir, "acked.pid"),
      `${String(other.pid)} 0a1b2c3d:4711`,
    );
    await start();
    expect(await isAlive(other.pid ?? 0)).toBe(true);
  });

  it("gives the directory to one of several that start at once", async () => {
    const children = [startChild(), startChild(), startChild()];
    const said = await Promise.all(children.map((one) => one.said));
    const winner = said.flatMap(({ url }) => url ?? []);
    expect(winner).toHaveLength(1);
    const pid = children[said.findIndex(({ url }) => url)]?.process.pid;
    for (const { error } of said.filter(({ url }) => url === undefined))
      expect(error).toMatch(`in use by another Acked (pid ${String(pid)})`);
    expect(await open(winner[0])`select 1 as one`).toEqual([{ one: 1 }]);
    expect(
      (await readdir(dataDir)).filter((name) =>
        name.startsWith("postgres.new"),
      ),
    ).toEqual([]);
  });

  it("is neither blocked by a stale postmaster.pid that names a stranger, nor harms that", async () => {
    const first = await start();
    await writeRow(first.url);
    const pidFile = join(dataDir, "postgres/postmaster.pid");
    const lines = (await readFile(pidFile, "utf8")).split("\n");
    await first.stop();
    // Of the same account as Postgres: one of another account it does not take for a rival.
    const owner = await stat(join(dataDir, "postgres"));
    const stranger = await startStranger(asRoot ? owner : null);
    await writeFile(pidFile, [stranger.pid, ...lines.slice(1)].join("\n"));
    await chown(pidFile, owner.uid, owner.gid);
    const second = await start();
    expect(await rows(second.url)).toEqual(["acknowledged"]);
    expect(await isAlive(stranger.pid ?? 0)).toBe(true);
    await second.stop();
    expect(await isAlive(stranger.pid ?? 0)).toBe(true);
  });

  it("makes the database anew when making it was interrupted", async () => {
    const interrupted = startChild();
    await until("initdb at work", async () => {
      const names = await readdir(dataDir, { recursive: true }).catch(() => []);
      return names.some((name) => name.endsWith("postgres/PG_VERSION"));
    });
    await interrupted.kill();
    const left = await readdir(dataDir);
    expect(left.join()).toMatch(/^postgres\.new-/);
    const embedded = await start();
    expect(await open(embedded.url)`select 1 as one`).toEqual([{ one: 1 }]);
  });

  it("says so, and stops in peace, when Postgres dies under us", async () => {
    const embedded = await start();
    const pid = await postmasterPid();
    process.kill(pid, "SIGKILL");
    await until("a word of it", () =>
      logged.some((line) => line.includes(`(pid ${pid}) has ended by itself`)),
    );
    await embedded.stop();
    await start();
  });

  it("is started again when it has ended by itself, at the same address, with all that was acknowledged", async () => {
    const { url } = await start();
    const before = open(url);
    await before`create table seen (what text)`;
    await before`insert into seen values ('acknowledged')`;
    const pid = await postmasterPid();
    for (let round = 0; round < 2; round++) {
      process.kill(await postmasterPid(), "SIGKILL");
      await until("it to run again", async () => {
        const found = await open(url)`select what from seen`.catch(() => null);
        return found?.[0]?.["what"] === "acknowledged";
      });
    }
    expect(await postmasterPid()).not.toBe(pid);
    // It is ours as before: nobody else gets the directory.
    await expect(start()).rejects.toBeInstanceOf(DataDirInUseError);
  });

  it("is started again where it ends while its owner is written down", async () => {
    const { url } = await start();
    const killed = [await postmasterPid()];
    const watcher = watch(dataDir, (_, name) => {
      if (name !== "acked.pid.new" || killed.length > 1) return;
      const pid = pidOf(readFileSync(pidFile(), "utf8"));
      process.kill(pid, "SIGKILL");
      killed.push(pid);
    });
    undo.push(() => {
      watcher.close();
      return Promise.resolve();
    });
    for (const pid of [...killed]) process.kill(pid, "SIGKILL");
    await until("it to run a third time", async () => {
      const found = await open(url)`select`.catch(() => null);
      return (
        found !== null &&
        killed.length === 2 &&
        !killed.includes(await postmasterPid())
      );
    });
  });

  it("is told of once when it can't be started again", async () => {
    const failures: Error[] = [];
    const embedded = await startEmbeddedPostgres({
      dataDir,
      log: (message) => logged.push(message),
      onFailure: (error) => failures.push(error),
    });
    undo.push(() => embedded.stop());
    const control = join(dataDir, "postgres/global/pg_control");
    await rename(control, `${control}.gone`);
    process.kill(await postmasterPid(), "SIGKILL");
    await until("the end of it", () => failures.length > 0, 60_000);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toContain("not started again");
    await embedded.stop();
    await rename(`${control}.gone`, control);
    await start();
  }, 90_000);

  it("takes its lock again after a backend's crash has ended all connections", async () => {
    const { url } = await start();
    const sql = open(url);
    const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    process.kill(row?.pid ?? 0, "SIGKILL");
    const observer = open(url);
    await until("the lock to be held again", () =>
      observer`select from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and granted and datname = 'postgres'`.then(
        (found) => found.length === 1,
        () => false,
      ),
    );
    await rm(join(dataDir, "acked.pid"));
    await expect(start()).rejects.toBeInstanceOf(DataDirInUseError);
  });

  it.skipIf(nobody === null)("works as an ordinary user", async () => {
    dataDir = await freshDataDir(nobody);
    const orphan = await leaveOrphan(nobody);
    expect((await stat(join(dataDir, "postgres"))).uid).toBe(nobody?.uid);
    const second = startChild(nobody);
    const { url } = await second.said;
    expect(await postmasterPid()).toBe(orphan);
    expect(await rows(url ?? "")).toEqual(["acknowledged"]);
    await second.kill();
    // And root goes on with it as that user.
    const third = await start();
    expect(await postmasterPid()).toBe(orphan);
    await third.stop();
    const fourth = await start();
    expect(await rows(fourth.url)).toEqual(["acknowledged"]);
    expect((await stat(`/proc/${await postmasterPid()}`)).uid).toBe(
      nobody?.uid,
    );
  });

  it.skipIf(nobody === null)(
    "tells an ordinary user that the data is somebody else's",
    async () => {
      const embedded = await start();
      await embedded.stop();
      await chmod(dirname(dataDir), 0o755);
      const { error } = await startChild(nobody).said;
      expect(error).toMatch(`${dataDir}/postgres belongs to the user with uid`);
    },
  );

  it.skipIf(nobody === null)(
    "copies its programs to where another user can run them",
    async () => {
      const cache = join(dirname(dataDir), "cache");
      await chmod(dirname(dataDir), 0o755);
      const installed = dirname(
        dirname(
          createRequire(
            createRequire(import.meta.url).resolve("embedded-postgres"),
          ).resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
        ),
      );
      const [copy, again] = await Promise.all([
        copyWhereReachable(installed, cache),
        copyWhereReachable(installed, cache),
      ]);
      expect(again).toBe(copy);
      const version = spawnSync(
        join(copy, "native/bin/postgres"),
        ["--version"],
        {
          encoding: "utf8",
          ...nobody,
        },
      );
      expect(version.stdout).toMatch(/^postgres \(PostgreSQL\) 18/);
      expect(await readdir(cache)).toHaveLength(1);
    },
  );
});

it("is the package that a node without DATABASE_URL looks for", async () => {
  const found: EmbeddedPostgresPackage = embeddedPostgres;
  expect(Object.keys(await loadEmbeddedPostgres())).toEqual(Object.keys(found));
});

async function startStranger(as: As): Promise<ChildProcess> {
  const stranger = spawn("sleep", ["1000"], {
    ...(as === null ? {} : { uid: as.uid, gid: as.gid }),
  });
  await once(stranger, "spawn");
  undo.push(() => {
    stranger.kill("SIGKILL");
    return once(stranger, "exit");
  });
  return stranger;
}

function findNobody(): As {
  const id = (flag: string) =>
    Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout);
  const account = { uid: id("-u"), gid: id("-g") };
  const reads = spawnSync(
    process.execPath,
    ["-e", "fs.readFileSync(process.argv[1])", import.meta.filename],
    account,
  );
  return reads.status === 0 && account.uid > 0 ? account : null;
}
