import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { expect, inject, it } from "vitest";
import { everyone } from "../src/domain/receipts/audience.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { databaseAt } from "./support/global-setup.js";
import {
  createTestDatabase,
  startTestServer,
  testSecret,
  type TestServer,
} from "./support/server.js";

// R54: `acked migrate --new-timeline`, which is run after a restore.

const cleanups = cleanupsAfterEachTest();

async function database(): Promise<string> {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  return url;
}

/** A database that was made of another one, as by a restore. */
async function copyOf(url: string): Promise<string> {
  const name = `acked_${randomUUID().replaceAll("-", "")}`;
  const admin = postgres(inject("postgresUrl"), { max: 1 });
  await admin.unsafe(
    `create database ${name} template ${new URL(url).pathname.slice(1)}`,
  );
  cleanups.push(async () => {
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
  });
  return databaseAt(url, name);
}

async function node(
  url: string,
  env: Record<string, string> = {},
): Promise<TestServer> {
  const server = await startTestServer({ DATABASE_URL: url, ...env });
  cleanups.push(() => server.close());
  return server;
}

/** Runs `acked migrate` with these arguments; answers its output. */
async function migrate(
  args: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "src/main.ts", "migrate", ...args],
    {
      env: {
        PATH: process.env["PATH"] ?? "",
        AUTH_JWT_SECRET: testSecret,
        ...env,
      },
    },
  );
  expect(stderr).toBe("");
  return stdout;
}

/** Begins a new timeline by the command; answers its number. */
async function beginTimeline(env: Record<string, string>): Promise<number> {
  const said = await migrate(["--new-timeline"], env);
  const [, number] =
    /^Timeline (\d+) begins: cursors of before are answered with a reset\.$/m.exec(
      said,
    ) ?? [];
  expect(number, said).toBeDefined();
  return Number(number);
}

async function timelinesOf(url: string): Promise<number[]> {
  const sql = postgres(url, { max: 1 });
  const rows = await sql<{ number: number }[]>`
    select number from timelines order by number`;
  await sql.end();
  return rows.map(({ number }) => number);
}

async function ask<T>(
  server: TestServer,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<T> {
  const { data, errors } = await server.execute<T>("alice", query, variables);
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function conversation(server: TestServer): Promise<string> {
  const { createConversation } = await ask<{
    createConversation: { conversation: { cursor: string } };
  }>(
    server,
    `mutation { createConversation(input: { id: "c", participantIds: ["bob"] }) { conversation { cursor } } }`,
  );
  return createConversation.conversation.cursor;
}

async function cursorOf(server: TestServer, id: string): Promise<string> {
  const { conversation } = await ask<{ conversation: { cursor: string } }>(
    server,
    `query ($id: ID!) { conversation(id: $id) { cursor } }`,
    { id },
  );
  return conversation.cursor;
}

interface Page {
  readonly statusChanges: {
    readonly nodes: readonly { readonly reset: boolean }[];
    readonly endCursor: string;
  };
}

/** What is told of after a cursor: in the conversation, or in all. */
async function changesAfter(
  server: TestServer,
  after: string,
  id: string | null,
): Promise<Page["statusChanges"]> {
  const page = await ask<Page>(
    server,
    `query ($after: Cursor!, $id: ID) {
      statusChanges(after: $after, conversationId: $id) { nodes { reset } endCursor }
    }`,
    { after, id },
  );
  return page.statusChanges;
}

const messages = `subscription ($after: Cursor) { messageAdded(after: $after) { cursor } }`;
const statuses = `subscription ($after: Cursor) {
  messageStatusChanged(after: $after) { cursor reset }
}`;

it("R54: after it cursors of before are answered with a reset, and cursors of then are not", async () => {
  const url = await database();
  const before = await node(url);
  const lost = await conversation(before);
  await before.close();
  await beginTimeline({ DATABASE_URL: url });

  const server = await node(url);
  for (const id of ["c", null]) {
    const { nodes, endCursor } = await changesAfter(server, lost, id);
    expect(nodes).toEqual([{ reset: true }]);
    expect((await changesAfter(server, endCursor, id)).nodes).toEqual([]);
  }
  const socket = server.connect("alice");
  const { errors } = await socket.subscribe(messages, { after: lost }).next();
  expect(errors?.map(({ extensions }) => extensions)).toMatchObject([
    { code: "BAD_USER_INPUT", argumentPath: ["after"] },
  ]);
  const told = await socket.subscribe(statuses, { after: lost }).next();
  expect(told.data).toMatchObject({ messageStatusChanged: { reset: true } });
});

it("R54: a second call begins another timeline, and without the option none begins", async () => {
  const url = await database();
  const env = { DATABASE_URL: url };
  const first = await beginTimeline(env);
  const second = await beginTimeline(env);
  expect(second).toBeGreaterThan(first);
  expect(await migrate([], env)).toBe("");
  expect(await timelinesOf(url)).toEqual([first, second]);
});

it("R54: a database that is restored twice from one backup does not give out the same number twice", async () => {
  const backup = await database();
  const server = await node(backup);
  await server.close();
  const first = await beginTimeline({ DATABASE_URL: await copyOf(backup) });
  const second = await beginTimeline({ DATABASE_URL: await copyOf(backup) });
  expect(second).toBeGreaterThan(first);
});

it("R54: a node that runs meanwhile finds the new timeline at its next sweep, and resets its subscribers", async () => {
  const url = await database();
  const server = await node(url, { SWEEP_MS: "200" });
  const lost = await conversation(server);
  const events = server
    .connect("alice")
    .subscribe<{ messageStatusChanged: { cursor: string; reset: boolean } }>(
      statuses,
      { after: lost },
    );
  await events.expectSilence(500);
  await beginTimeline({ DATABASE_URL: url });

  const { data } = await events.next();
  expect(data?.messageStatusChanged.reset).toBe(true);
  const { cursor = "" } = data?.messageStatusChanged ?? {};
  expect((await changesAfter(server, cursor, null)).nodes).toEqual([]);
  expect((await changesAfter(server, lost, null)).nodes).toEqual([
    { reset: true },
  ]);
  await events.expectSilence(500);
});

it("R22, R54: after it subscriptions to all conversations go on, also in one that others follow alone", async () => {
  const url = await database();
  const server = await node(url, { SWEEP_MS: "200" });
  const ids = ["quiet", "newest"];
  for (const id of ids)
    await ask(
      server,
      `mutation ($id: ID!, $clientId: String!) {
        createConversation(input: { id: $id, participantIds: ["bob"] }) { conversation { id } }
        sendMessage(input: { conversationId: $id, clientId: $clientId, body: "x" }) { duplicate }
      }`,
      { id, clientId: id },
    );
  const socket = server.connect("alice");
  const after = await cursorOf(server, "quiet");
  const one = socket.subscribe(
    `subscription ($after: Cursor) {
      messageStatusChanged(conversationId: "quiet", after: $after) { cursor }
    }`,
    { after },
  );
  const all = socket.subscribe<{
    messageStatusChanged: { reset: boolean; conversation: { id: string } };
  }>(
    `subscription ($after: Cursor) {
      messageStatusChanged(after: $after) { cursor reset conversation { id } }
    }`,
    { after },
  );
  const tellsOf = (id: string, events: readonly (typeof all.all)[number][]) =>
    events.some(
      ({ data }) => data?.messageStatusChanged.conversation.id === id,
    );
  const mark = async (field: string, conversationId: string) => {
    const { data } = await server.execute<{
      conversation: { lastMessage: { id: string } };
    }>(
      "bob",
      `query ($id: ID!) { conversation(id: $id) { lastMessage { id } } }`,
      { id: conversationId },
    );
    await server.execute(
      "bob",
      `mutation ($id: ID!) { ${field}(input: { messageId: $id }) { changed } }`,
      { id: data?.conversation.lastMessage.id },
    );
  };
  for (const id of ids) await mark("markDelivered", id);
  await all.until((events) => ids.every((id) => tellsOf(id, events)));
  await one.until((events) => events.length > 0);
  await beginTimeline({ DATABASE_URL: url });
  await all.until((events) =>
    events.some(({ data }) => data?.messageStatusChanged.reset),
  );
  const before = all.all.length;
  await mark("markRead", "quiet");
  await all.until((events) => tellsOf("quiet", events.slice(before)));
});

it("R54: a message that a restore took away while it was read costs the others of its batch nothing", async () => {
  const url = await database();
  const server = await node(url);
  await conversation(server);
  await ask(
    server,
    `mutation { sendMessage(input: { conversationId: "c", clientId: "1", body: "x" }) { duplicate } }`,
  );
  const { counts } = server.services.statuses;
  const at = (seq: number) =>
    counts({ conversationId: "c", seq, audience: everyone });
  const [there, gone, alsoThere] = await Promise.allSettled([
    at(1),
    at(2),
    at(1),
  ]);
  expect(there).toMatchObject({ value: { total: 1, delivered: 0, read: 0 } });
  expect(alsoThere).toMatchObject({ value: { total: 1 } });
  expect(gone).toMatchObject({ reason: { code: "UNAVAILABLE" } });
});

it("R54: changes that bear the numbers of another cluster's transactions count as old", async () => {
  const url = await database();
  const before = await node(url);
  await conversation(before);
  await before.close();
  const sql = postgres(url, { max: 1 });
  cleanups.push(() => sql.end());
  await sql`update conversations set changed_xid = changed_xid + 1000000000`;
  await beginTimeline({ DATABASE_URL: url });
  expect(await sql`select changed_xid from conversations`).toEqual([
    { changed_xid: "0" },
  ]);
});

it("R54: it works with the embedded database", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "acked-timeline-"));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  const env = { DATA_DIR: dataDir };
  const first = await beginTimeline(env);
  expect(await beginTimeline(env)).toBeGreaterThan(first);
}, 60_000);

it("R54: `acked migrate --help` says when it is to be run", async () => {
  expect((await migrate(["--help"], {})).replaceAll(/\s+/g, " ")).toContain(
    "--new-timeline after the database was put back from a backup",
  );
});
