import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { describe, expect, it, vi } from "vitest";
import { freePort } from "../src/embedded-postgres/free-port.js";
import { accountFor } from "../src/embedded-postgres/account.js";
import { checkDatabase } from "../src/db/check.js";
import { applyMigrations } from "../src/db/migrate.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
import { laterMigrations } from "./support/made-up-migrations.js";
import { createTestDatabase, startTestServer } from "./support/server.js";

// A node that reaches its database through PgBouncer, Debian's.

const cleanups = cleanupsAfterEachTest();

const isThere = spawnSync("pgbouncer", ["--version"]).status === 0;
const { signal } = new AbortController();

/** A database behind a PgBouncer of its own, set up as docs/deploy says, which opens so many connections to it. */
async function pooledDatabase(
  mode: "transaction" | "session",
  { size = 5, template }: { size?: number; template?: string } = {},
): Promise<{ url: string; direct: string }> {
  const { url: direct, drop } = await createTestDatabase(template);
  cleanups.push(drop);
  const { hostname, port, username, password, pathname } = new URL(direct);
  const directory = await mkdtemp(join(tmpdir(), "acked-bouncer-"));
  cleanups.push(() => rm(directory, { recursive: true }));
  await chmod(directory, 0o755);
  const own = await freePort();
  await writeFile(join(directory, "users"), `"${username}" ""\n`);
  let text = await readFile("docs/deploy/pgbouncer.ini", "utf8");
  for (const [name, value] of Object.entries({
    acked: `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`,
    listen_port: own,
    auth_type: "trust",
    auth_file: join(directory, "users"),
    pool_mode: mode,
    default_pool_size: size,
  })) {
    const line = new RegExp(`^${name} = .*$`, "m");
    expect(text).toMatch(line);
    text = text.replace(
      line,
      `${name === "acked" ? "*" : name} = ${String(value)}`,
    );
  }
  await writeFile(join(directory, "ini"), `${text}\nunix_socket_dir =\n`);
  const account = await accountFor(join(directory, "none"));
  const child = spawn("pgbouncer", ["-q", join(directory, "ini")], {
    stdio: "ignore",
    ...account,
  });
  cleanups.push(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  for (let i = 0; i < 100 && !(await listens(own)); i++) await sleep(50);
  return { url: `postgres://${username}@127.0.0.1:${own}${pathname}`, direct };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

describe.skipIf(!isThere)("behind PgBouncer", () => {
  it.each([
    ["transaction", {}],
    ["session", {}],
    ["session", { DATABASE_POOLER: "session" }],
  ] as const)(
    "in %s mode (%o) everything is answered, at once and in turn, and a second node starts beside",
    async (mode, env) => {
      const { url, direct } = await pooledDatabase(mode, { size: 24 });
      const server = await startTestServer({ DATABASE_URL: url, ...env });
      cleanups.push(() => server.close());
      const chat = new Chat(server);
      const conversationId = await chat.conversation("alice", "bob");
      for (let wave = 0; wave < 3; wave++)
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            await chat.read("bob", await chat.say("alice"));
          }),
        );
      await Promise.all(
        Array.from({ length: 30 }, () =>
          chat.get("alice", "{ conversations { nodes { id unreadCount } } }"),
        ),
      );
      const ready = await fetch(new URL("/readyz", server.url));
      expect(ready.status).toBe(200);

      const admin = postgres(direct, { max: 1 });
      cleanups.push(() => admin.end());
      const locks =
        await admin`select from pg_locks join pg_database on oid = database
          where locktype = 'advisory' and datname = current_database()`;
      expect(locks).toHaveLength(0);
      const second = await startTestServer({ DATABASE_URL: url, ...env });
      cleanups.push(() => second.close());
      const there = chat.through(second);
      there.conversationId = conversationId;
      await there.say("alice", "hello");
    },
    60_000,
  );

  it.each([
    ["transaction", 2],
    ["session", 4],
  ] as const)(
    "in %s mode two nodes migrate through it, with %i connections, and give way to a dump",
    async (mode, size) => {
      const { url, direct } = await pooledDatabase(mode, {
        size,
        template: "template1",
      });
      const { sessions } = await checkDatabase(url, "auto", signal);
      await Promise.all([
        applyMigrations(url, { sessions }),
        applyMigrations(url, { sessions }),
      ]);
      const { folder, remove } = await laterMigrations({
        "0901_colours": `ALTER TABLE "users" ADD COLUMN "colour" text;`,
      });
      cleanups.push(remove);
      const dump = postgres(direct, { max: 1 });
      cleanups.push(() => dump.end());
      await dump`begin`;
      await dump`select from users`;
      const lines: string[] = [];
      const migrating = applyMigrations(url, {
        ...{ sessions, folder },
        report: (line) => lines.push(line),
      });
      await vi.waitUntil(() => lines.length > 0, { timeout: 20_000 });
      expect(lines[0]).toMatch(/gives way/);
      await dump`commit`;
      await migrating;
      await dump`select colour from users`;
    },
  );
  it("in transaction mode a bus through the pooler is refused, and one of its own carries notices", async () => {
    const { url, direct } = await pooledDatabase("transaction", { size: 24 });
    const DATABASE_URL = url;
    await expect(
      startTestServer({ DATABASE_URL, BUS_URL: "postgres" }),
    ).rejects.toThrow(
      /BUS_URL can't be the Postgres of DATABASE_URL, .*Set BUS_URL to the postgres:\/\/ URL of Postgres itself/,
    );
    const server = await startTestServer({ DATABASE_URL, BUS_URL: direct });
    cleanups.push(() => server.close());
    const ready = await fetch(new URL("/readyz", server.url));
    expect(ready.status).toBe(200);
  });

  it("finds out that sessions are lent, and says what is missing of settings", async () => {
    const { url } = await pooledDatabase("transaction");
    const { sessions, warnings } = await checkDatabase(url, "auto", signal);
    expect(sessions).toBe("lent");
    expect(warnings.join("\n")).toMatch(
      /alter role ".*" in database ".*" set statement_timeout = '20s'/,
    );
  });

  it.each([
    ["default_transaction_isolation", "serializable"],
    ["synchronous_commit", "off"],
    ["lock_timeout", "100ms"],
    ["search_path", "elsewhere"],
  ])(
    "refuses the start where %s is %s, which it can't set there, and says how to",
    async (name, value) => {
      const { url, direct } = await pooledDatabase("transaction");
      const admin = postgres(direct, { max: 1 });
      cleanups.push(() => admin.end());
      const database = new URL(direct).pathname.slice(1);
      await admin.unsafe(`alter database ${database} set ${name} = '${value}'`);
      await expect(checkDatabase(url, "auto", signal)).rejects.toThrow(
        new RegExp(`alter role ".*" in database "${database}" set ${name} =`),
      );
    },
  );
});

it("knows a Postgres that is reached directly", async () => {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  expect(await checkDatabase(url, "auto", signal)).toEqual({
    sessions: "own",
    warnings: [],
  });
});
