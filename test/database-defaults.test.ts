import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { describe, expect, inject, it } from "vitest";
import { checkDatabase } from "../src/db/check.js";
import { connect } from "../src/db/connect.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
import { databaseAt } from "./support/global-setup.js";
import { createTestDatabase, startTestServer } from "./support/server.js";

// Servers, databases and roles whose defaults differ from Postgres's own.

const cleanups = cleanupsAfterEachTest();
const { signal } = new AbortController();

/** A database with these defaults. */
async function databaseWith(
  settings: Readonly<Record<string, string>>,
): Promise<{ url: string; admin: postgres.Sql }> {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  cleanups.push(() => admin.end());
  const name = new URL(url).pathname.slice(1);
  for (const [setting, value] of Object.entries(settings))
    await admin.unsafe(`alter database ${name} set ${setting} = '${value}'`);
  return { url, admin };
}

const others = {
  DateStyle: "German, DMY",
  IntervalStyle: "sql_standard",
  TimeZone: "Asia/Kathmandu",
  search_path: "pg_catalog",
  default_transaction_isolation: "serializable",
  default_transaction_deferrable: "on",
  synchronous_commit: "off",
  statement_timeout: "1h",
  lock_timeout: "1ms",
  idle_in_transaction_session_timeout: "1h",
  idle_session_timeout: "50ms",
  standard_conforming_strings: "off",
  row_security: "on",
  bytea_output: "escape",
  extra_float_digits: "-15",
  array_nulls: "off",
  transform_null_equals: "on",
  client_encoding: "LATIN1",
  client_min_messages: "debug5",
  enable_seqscan: "on",
  enable_bitmapscan: "on",
  jit: "on",
};

it("sets what it relies on, whatever the database says", async () => {
  const { url } = await databaseWith(others);
  const checked = await checkDatabase(url, "auto", signal);
  expect(checked).toEqual({ sessions: "own", warnings: [] });
  const { db, close } = connect(url, checked);
  cleanups.push(close);
  const rows = await db.execute<{ name: string; setting: string }>(
    sql`select name, setting from pg_settings
      where name in (${sql.join(
        Object.keys(others).map((name) => sql`${name}`),
        sql`, `,
      )})`,
  );
  expect(
    Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
  ).toEqual({
    DateStyle: "ISO, MDY",
    IntervalStyle: "postgres",
    TimeZone: "UTC",
    search_path: "public",
    default_transaction_isolation: "read committed",
    default_transaction_deferrable: "off",
    synchronous_commit: "on",
    statement_timeout: "20000",
    lock_timeout: "0",
    idle_in_transaction_session_timeout: "20000",
    idle_session_timeout: "0",
    standard_conforming_strings: "on",
    row_security: "off",
    bytea_output: "hex",
    extra_float_digits: "1",
    array_nulls: "on",
    transform_null_equals: "off",
    client_encoding: "UTF8",
    client_min_messages: "warning",
    enable_seqscan: "off",
    enable_bitmapscan: "off",
    jit: "off",
  });
});

it("keeps a promise that is stronger than its own", async () => {
  const { url } = await databaseWith({ synchronous_commit: "remote_apply" });
  const { db, close } = connect(url);
  cleanups.push(close);
  expect(await db.execute(sql`show synchronous_commit`)).toEqual([
    { synchronous_commit: "remote_apply" },
  ]);
});

it("R9: tells right times and refuses no concurrent mark, with all of them otherwise", async () => {
  const { url } = await databaseWith(others);
  const server = await startTestServer({ DATABASE_URL: url });
  cleanups.push(() => server.close());
  const chat = new Chat(server);
  const readers = Array.from({ length: 10 }, (_, i) => `reader${i}`);
  await chat.conversation("alice", ...readers);
  const message = await chat.say(
    "alice",
    `a "quoted" 'back\\slash' and ünïcödé`,
  );
  await Promise.all([
    ...readers.map((name) => chat.read(name, message)),
    ...readers.map((name) => chat.say(name)),
  ]);
  const [first] = await chat.recipients("alice", message);
  expect(Math.abs(Date.parse(first?.readAt ?? "") - Date.now())).toBeLessThan(
    60_000,
  );
  expect(await chat.counts("alice", message)).toMatchObject({ readCount: 10 });
});

describe("refuses at the start, in words,", () => {
  it("an encoding that can't hold all text", async () => {
    const postgresUrl = inject("postgresUrl");
    const name = `acked_${randomUUID().replaceAll("-", "")}`;
    const admin = postgres(postgresUrl, { max: 1 });
    cleanups.push(() => admin.end());
    await admin.unsafe(
      `create database ${name} encoding 'LATIN1' locale 'C' template template0`,
    );
    cleanups.push(() => admin.unsafe(`drop database ${name} with (force)`));
    await expect(
      startTestServer({ DATABASE_URL: databaseAt(postgresUrl, name) }),
    ).rejects.toThrow(/encoding is LATIN1.*encoding 'UTF8'/);
  });

  it("a database that takes no writes", async () => {
    const { url } = await databaseWith({ default_transaction_read_only: "on" });
    await expect(checkDatabase(url, "auto", signal)).rejects.toThrow(
      /read only.*alter role .* set default_transaction_read_only = 'off'/,
    );
  });

  it("constraints that are switched off", async () => {
    const { url } = await databaseWith({ session_replication_role: "replica" });
    await expect(checkDatabase(url, "auto", signal)).rejects.toThrow(
      /session_replication_role/,
    );
  });

  it("a database without the schema of the tables", async () => {
    const { url, admin } = await databaseWith({});
    await admin`drop schema public cascade`;
    await expect(checkDatabase(url, "auto", signal)).rejects.toThrow(
      /no schema named public/,
    );
  });

  it("rows that are hidden from its role", async () => {
    const { url, admin } = await databaseWith({});
    const role = `reader_${randomUUID().slice(0, 8)}`;
    await admin.unsafe(`create role ${role} login password 'x'`);
    cleanups.push(async () => {
      await admin.unsafe(`drop owned by ${role}; drop role ${role}`);
    });
    await admin.unsafe(
      `grant all on all tables in schema public to ${role};
       alter table messages enable row level security`,
    );
    const theirs = new URL(url);
    theirs.username = role;
    theirs.password = "x";
    await expect(checkDatabase(theirs.href, "auto", signal)).rejects.toThrow(
      /Row level security hides rows .* messages/,
    );
  });
});
