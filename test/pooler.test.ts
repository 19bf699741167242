import postgres from "postgres";
import { describe, expect, it, vi } from "vitest";
import { checkDatabase } from "../src/db/check.js";
import { applyMigrations } from "../src/db/migrate.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
import { laterMigrations } from "./support/made-up-migrations.js";
import { isPgBouncerThere, poolers } from "./support/pooler.js";
import { createTestDatabase, startTestServer } from "./support/server.js";

// A node that reaches its database through PgBouncer, Debian's.

const cleanups = cleanupsAfterEachTest();

const pooledDatabase = poolers(cleanups);
const { signal } = new AbortController();

describe.skipIf(!isPgBouncerThere)("behind PgBouncer", () => {
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
