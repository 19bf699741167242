import postgres, { type Sql } from "postgres";
import { describe, expect, it, vi } from "vitest";
import {
  applyMigrations,
  checkMigrations,
  WrongTablesError,
} from "../src/db/migrate.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
import { laterMigrations } from "./support/made-up-migrations.js";
import { createTestDatabase, startTestServer } from "./support/server.js";

// Migrations beside nodes that serve: of this version, and of the one before.

const cleanups = cleanupsAfterEachTest();

async function database(template?: string): Promise<string> {
  const { url, drop } = await createTestDatabase(template);
  cleanups.push(drop);
  return url;
}

async function later(files: Record<string, string>): Promise<string> {
  const { folder, remove } = await laterMigrations(files);
  cleanups.push(remove);
  return folder;
}

/** A connection beside Acked's. */
function client(url: string): Sql {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  cleanups.push(() => client.end({ timeout: 0 }));
  return client;
}

const colours = {
  "0901_colours": `ALTER TABLE "participants" ADD COLUMN "colour" text;`,
};
const noColours = {
  ...colours,
  "0902_no_colours": `-- contract of 0901_colours
ALTER TABLE "participants" DROP COLUMN "colour";`,
};

describe("an older version beside a migration", () => {
  it("serves on while the migration gives way to a dump, and on the new tables; after a contract it is not ready", async () => {
    const url = await database();
    const server = await startTestServer({ DATABASE_URL: url });
    cleanups.push(() => server.close());
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    // pg_dump reads for as long as it takes, and keeps its locks.
    const dump = client(url);
    await dump`begin isolation level repeatable read`;
    await dump`select from participants limit 1`;

    let isOver = false;
    let count = 0;
    let longestMs = 0;
    const load = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const begun = performance.now();
        await chat.read("bob", await chat.say("alice"));
        longestMs = Math.max(longestMs, performance.now() - begun);
        count++;
      }
    });
    cleanups.push(() => Promise.resolve((isOver = true)));
    const lines: string[] = [];
    const migrating = applyMigrations(url, {
      folder: await later(colours),
      report: (line) => lines.push(line),
    });
    await vi.waitUntil(() => lines.length >= 3, { timeout: 20_000 });
    expect(lines[2]).toMatch(/^Migration 0901_colours gives way/);
    const countBefore = count;
    await vi.waitUntil(() => count > countBefore + 20, { timeout: 20_000 });
    await dump`commit`;
    await migrating;
    expect(lines.at(-1)).toMatch(/^Migration 0901_colours is applied/);
    const [column] =
      await dump`select from information_schema.columns where column_name = 'colour'`;
    expect(column).toBeDefined();

    const countAfter = count;
    await vi.waitUntil(() => count > countAfter + 20, { timeout: 20_000 });
    isOver = true;
    await Promise.all(load); // every one of them was answered
    expect(longestMs).toBeLessThan(6_000);
    const ready = new URL("/readyz", server.url);
    expect((await fetch(ready)).status).toBe(200);

    await applyMigrations(url, { folder: await later(noColours) });
    const answer = await fetch(ready);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: "not ready",
      reason: expect.stringContaining("0902_no_colours") as string,
    });
  }, 60_000);

  it("is not started on tables that it can't serve, and is on those that it can", async () => {
    const url = await database();
    await applyMigrations(url, { folder: await later(colours) });
    await applyMigrations(url);
    await checkMigrations(url);
    await applyMigrations(url, { folder: await later(noColours) });
    for (const start of [applyMigrations, checkMigrations])
      await expect(start(url)).rejects.toThrow(WrongTablesError);
    await expect(startTestServer({ DATABASE_URL: url })).rejects.toThrow(
      /0902_no_colours/,
    );
  });
});

it("a deadlock ends with the migration's giving way, not with the writer", async () => {
  const url = await database();
  const writer = client(url);
  await writer`begin`;
  await writer`select from participants limit 1`;
  const lines: string[] = [];
  const migrating = applyMigrations(url, {
    folder: await later({
      "0901_two": `ALTER TABLE "conversations" ADD COLUMN "colour" text;--> statement-breakpoint
ALTER TABLE "participants" ADD COLUMN "colour" text;`,
    }),
    report: (line) => lines.push(line),
  });
  const watcher = client(url);
  await vi.waitUntil(
    async () =>
      (
        await watcher`select from pg_locks join pg_stat_activity using (pid)
          where not granted and datname = current_database()`
      ).length > 0,
    { timeout: 20_000, interval: 10 },
  );
  // The migration has locked conversations and waits for participants.
  await writer`select from conversations limit 1`;
  await writer`commit`;
  await migrating;
  expect(lines[0]).toMatch(/gives way/);
  expect(lines.at(-1)).toMatch(/is applied/);
});

it("nodes that start at once migrate once, and none of them fails", async () => {
  const url = await database("template1");
  const folder = await later(colours);
  await Promise.all(
    Array.from({ length: 5 }, () => applyMigrations(url, { folder })),
  );
  const rows = await client(url)`
    select created_at, count(*)::int as times from drizzle.__drizzle_migrations group by 1`;
  expect(rows.length).toBeGreaterThan(5);
  expect(new Set(rows.map((row) => row["times"] as number))).toEqual(
    new Set([1]),
  );
});

it("an index is built concurrently, beside writers and nodes that ask for the lock", async () => {
  const url = await database();
  const folder = await later({
    "0901_index": `-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS "colours";--> statement-breakpoint
CREATE INDEX CONCURRENTLY "colours" ON "messages" ("sent_at");`,
  });
  const writer = client(url);
  await writer`begin`;
  await writer`lock table messages in row exclusive mode`;
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  const migrating = [1, 2, 3].map(() =>
    applyMigrations(url, { folder, report }),
  );
  const watcher = client(url);
  await vi.waitUntil(
    async () =>
      (
        await watcher`select from pg_stat_activity where wait_event_type = 'Lock'
          and query like 'CREATE INDEX CONCURRENTLY%' and datname = current_database()`
      ).length === 1,
    { timeout: 20_000 },
  );
  await vi.waitUntil(
    () => lines.filter((line) => line.includes("waits")).length === 2,
    { timeout: 20_000 },
  );
  // A writer that comes later is not held up by the index's waiting.
  await watcher`update messages set body = null`;
  await writer`commit`;
  await Promise.all(migrating);
  const [index] =
    await watcher`select indisvalid as valid from pg_index where indexrelid = 'colours'::regclass`;
  expect(index).toEqual({ valid: true });
  expect(lines.filter((line) => line.includes("is applied"))).toHaveLength(1);
  expect(lines.filter((line) => line.includes("waits"))).toHaveLength(2);
});

describe("MIGRATE_ON_START=false", () => {
  it("only checks, says what to run, and starts once that was done", async () => {
    const url = await database("template1");
    const env = { DATABASE_URL: url, MIGRATE_ON_START: "false" };
    await expect(startTestServer(env)).rejects.toThrow(
      /lacks 0000_receipts, .* run `acked migrate` of this version/,
    );
    const [tables] = await client(
      url,
    )`select count(*)::int as count from pg_namespace where nspname = 'drizzle'`;
    expect(tables).toEqual({ count: 0 });
    await applyMigrations(url);
    const server = await startTestServer(env);
    cleanups.push(() => server.close());
    expect((await fetch(new URL("/readyz", server.url))).status).toBe(200);
  });
});
