import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { checkDatabase } from "../src/db/check.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
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
      const { url, direct } = await pooledDatabase(mode, 24);
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
