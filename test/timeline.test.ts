import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { describe, expect, inject, it, vi } from "vitest";
import { migrate } from "../src/cli/migrate.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat, codeOf, type Message } from "./support/chat.js";
import { databaseAt } from "./support/global-setup.js";
import { startOwnPostgres } from "./support/own-postgres.js";
import {
  createTestDatabase,
  startTestServer,
  type Events,
  type TestServer,
} from "./support/server.js";

// R54: a database that was put back to an earlier state. Numbers, versions and transaction ids are given
// out again, and mean something else: nothing that was given out before may be taken for that.

const cleanups = cleanupsAfterEachTest();

/** A database whose history can be cut short. */
interface Restorable {
  readonly url: string;
  /** Whether a node that starts finds out by itself that this is another database than before. */
  readonly isKnownAtStart: boolean;
  /** From here on everything will be lost. */
  backUp(): Promise<void>;
  /** Ends all connections, and loses everything since the backup. */
  restore(): Promise<void>;
}

/** A copy of a database, which is given the database's name later. */
async function copiedDatabase(): Promise<Restorable> {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  const name = new URL(url).pathname.slice(1);
  const backup = `acked_${randomUUID().replaceAll("-", "")}`;
  const admin = postgres(inject("postgresUrl"), {
    max: 1,
    onnotice: () => undefined,
  });
  cleanups.push(async () => {
    await admin.unsafe(`drop database if exists ${backup} with (force)`);
    await admin.end();
  });
  return {
    url: databaseAt(inject("postgresUrl"), name),
    isKnownAtStart: true,
    async backUp() {
      await admin.unsafe(`alter database ${name} with allow_connections false`);
      await admin`
        select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${name}`;
      await admin.unsafe(`create database ${backup} template ${name}`);
      await admin.unsafe(`alter database ${name} with allow_connections true`);
    },
    async restore() {
      await admin.unsafe(`drop database ${name} with (force)`);
      await admin.unsafe(`create database ${name} template ${backup}`);
    },
  };
}

/** A Postgres whose files are put back: its databases and its own identity are those of before. */
async function filesPutBack(): Promise<Restorable> {
  const own = await startOwnPostgres();
  cleanups.push(() => own.remove());
  let putBack = (): Promise<void> => Promise.resolve();
  return {
    url: own.url,
    isKnownAtStart: false,
    async backUp() {
      putBack = await own.backup();
    },
    restore: () => putBack(),
  };
}

/** A primary, and a standby that takes its place. */
async function pair() {
  const first = await startOwnPostgres();
  cleanups.push(() => first.remove());
  const second = await first.standby();
  cleanups.push(() => second.remove());
  const { username, password } = new URL(first.url);
  return {
    first,
    second,
    url: `postgres://${username}:${password}@127.0.0.1:${first.port},127.0.0.1:${second.port}/postgres?target_session_attrs=read-write`,
    /** Waits until the standby has all that the primary has. */
    async untilEven() {
      const [row] = await first.sql("select pg_current_wal_lsn()::text as lsn");
      await expect
        .poll(
          () =>
            second.sql(
              `select pg_last_wal_replay_lsn() >= '${String(row?.["lsn"])}' as even`,
            ),
          { timeout: 10_000 },
        )
        .toEqual([{ even: true }]);
    },
    async failOver() {
      await first.stop("SIGQUIT");
      await second.sql("select pg_promote()");
    },
  };
}

/** A standby that takes over, and lacks the last commits. */
async function lateStandby(): Promise<Restorable> {
  const { second, url, untilEven, failOver } = await pair();
  return {
    url,
    isKnownAtStart: false,
    async backUp() {
      await untilEven();
      await second.sql("alter system set primary_conninfo = ''");
      await second.sql("select pg_reload_conf()");
      await expect
        .poll(() => second.sql("select 1 from pg_stat_wal_receiver"), {
          timeout: 10_000,
        })
        .toEqual([]);
    },
    restore: failOver,
  };
}

const kinds: [string, () => Promise<Restorable>][] = [
  ["a copied database", copiedDatabase],
  ["files that were put back", filesPutBack],
  ["a standby that lacked the last commits", lateStandby],
];

/** @param sweepMs how often the node reads what has changed; the proof of a cursor must not depend on it */
async function nodeOn(
  { url }: { url: string },
  sweepMs = "500",
): Promise<TestServer> {
  const server = await startTestServer({
    DATABASE_URL: url,
    SWEEP_MS: sweepMs,
  });
  cleanups.push(() => server.close());
  return server;
}

const statusDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) { cursor reset messages { id seq } }
}`;
const addedDocument = `subscription ($id: ID, $after: Cursor) {
  messageAdded(conversationId: $id, after: $after) { cursor message { id seq body } }
}`;
const changesDocument = `query ($id: ID, $after: Cursor!) {
  statusChanges(conversationId: $id, after: $after) { nodes { cursor reset messages { id } } hasNextPage }
}`;

interface Told {
  readonly cursor: string;
  readonly reset: boolean;
  readonly messages: readonly { readonly id: string; readonly seq: number }[];
}
type Watching = Events<{ messageStatusChanged: Told }>;
type Listening = Events<{
  messageAdded: { cursor: string; message: Pick<Message, "id" | "body"> };
}>;

/** What clients hold when history is cut short. */
interface Held {
  readonly id: string;
  readonly other: string;
  readonly before: readonly Message[];
  readonly lost: Message;
  /** A cursor of before the backup. */
  readonly early: string;
  /** Cursors of before, all of which must be reset. */
  readonly cursors: Map<string, string>;
}

/** Clients come by all kinds of cursors, before the backup and after it. */
async function hold(chat: Chat, backUp: () => Promise<void>): Promise<Held> {
  const other = await chat.conversation("alice", "bob");
  await chat.say("alice", "elsewhere");
  const id = await chat.conversation("alice", "bob", "carol");
  const before = await chat.sayMany("alice", 5);
  const early = await chat.cursor("alice");
  await backUp();
  await untilAnswering(chat);
  const { cursor: ofMark } = await chat.read("bob", before[2] as Message);
  const lost = await chat.say("alice", "lost");
  const ofConversation = await chat.cursor("alice");
  const [change] = await chat.changesSince("alice", early);
  chat.conversationId = other;
  const ofAnother = await chat.cursor("alice");
  chat.conversationId = id;
  return {
    ...{ id, other, before, lost, early },
    cursors: new Map([
      ["of a mark that was lost", ofMark],
      ["of the conversation with the lost message", ofConversation],
      ["of a change that was lost", change?.cursor ?? ""],
      ["of another conversation, while this one changed", ofAnother],
    ]),
  };
}

/** The database answers again, for writes too. */
const untilAnswering = (chat: Chat) =>
  expect
    .poll(
      async () => {
        const answer = await chat.ask(
          "nobody",
          "mutation { setReadReceipts(input: { enabled: true }) { viewer { id } } }",
        );
        return answer.errors ?? [];
      },
      { timeout: 20_000, interval: 100 },
    )
    .toEqual([]);

/** Other messages get the numbers of the lost one and beyond; versions grow past those of before. */
async function goOn(chat: Chat): Promise<Message[]> {
  await untilAnswering(chat);
  const messages: Message[] = [];
  for (const body of ["new 6", "new 7", "new 8", "new 9"])
    messages.push(await chat.say("alice", body));
  return messages;
}

/** R54, R25: no cursor of before is answered as if nothing had happened. */
async function expectResets(
  chat: Chat,
  server: TestServer,
  { id, cursors }: Held,
): Promise<void> {
  for (const [what, after] of cursors)
    for (const conversationId of [id, null]) {
      const { statusChanges } = await chat.get<{
        statusChanges: { nodes: Told[]; hasNextPage: boolean };
      }>("alice", changesDocument, { id: conversationId, after });
      expect({ what, conversationId, ...statusChanges }).toMatchObject({
        what,
        nodes: [{ reset: true, messages: [] }],
        hasNextPage: false,
      });
      const socket = server.connect(chat.id("alice"));
      const watching: Watching = socket.subscribe(statusDocument, {
        id: conversationId,
        after,
      });
      expect({ what, ...(await watching.next()) }).toMatchObject({
        what,
        data: { messageStatusChanged: { reset: true, messages: [] } },
      });
      const listening: Listening = server
        .connect(chat.id("bob"))
        .subscribe(addedDocument, { id: conversationId, after });
      expect({ what, ...(await listening.next()) }).toMatchObject({
        what,
        errors: [
          { extensions: { code: "BAD_USER_INPUT", argumentPath: ["after"] } },
        ],
      });
      await socket.close();
    }
}

/** All that a cursor of before the backup says is still so: it leads on exactly. */
async function expectExact(
  chat: Chat,
  server: TestServer,
  early: string,
): Promise<void> {
  expect(await chat.changesSince("alice", early)).toEqual([]);
  for (const id of [chat.conversationId, null]) {
    const listening: Listening = server
      .connect(chat.id("bob"))
      .subscribe(addedDocument, { id, after: early });
    for (const body of ["new 6", "new 7", "new 8", "new 9"])
      expect(await listening.next()).toMatchObject({
        data: { messageAdded: { message: { body } } },
      });
  }
}

/** R54: the id of a lost message names no message, whatever has its number now. */
async function expectNamesNothing(
  chat: Chat,
  { lost }: Held,
  now: Message,
): Promise<void> {
  expect(now.seq).toBe(lost.seq);
  expect(now.id).not.toBe(lost.id);
  expect(await chat.refusalsOfMarks("bob", lost)).toEqual(
    Array(4).fill("NOT_FOUND"),
  );
  expect(
    await chat.get("bob", "query ($id: ID!) { message(id: $id) { body } }", {
      id: lost.id,
    }),
  ).toEqual({ message: null });
  expect(
    codeOf(
      await chat.ask(
        "alice",
        "mutation ($id: ID!) { deleteMessage(input: { messageId: $id }) { message { id } } }",
        { id: lost.id },
      ),
    ),
  ).toBe("NOT_FOUND");
  const sync = (upTo: boolean) => ({ messageId: lost.id, kind: "READ", upTo });
  expect(
    await chat.get(
      "bob",
      `mutation ($receipts: [ReceiptInput!]!) {
        syncReceipts(input: { receipts: $receipts }) { results { error } }
      }`,
      { receipts: [sync(false), sync(true)] },
    ),
  ).toEqual({
    syncReceipts: { results: [{ error: "NOT_FOUND" }, { error: "NOT_FOUND" }] },
  });
  expect(await chat.recipient("alice", now, "bob")).toMatchObject({
    state: "PENDING",
  });
}

/** From the new history's cursors on all is as ever. */
async function expectGoesOn(
  chat: Chat,
  server: TestServer,
  newest: Message,
): Promise<void> {
  const after = await chat.cursor("alice");
  await chat.read("bob", newest);
  for (const id of [chat.conversationId, null]) {
    const watching: Watching = server
      .connect(chat.id("alice"))
      .subscribe(statusDocument, { id, after });
    expect(await watching.next()).toMatchObject({
      data: {
        messageStatusChanged: { reset: false, messages: [{ id: newest.id }] },
      },
    });
  }
}

describe.each(kinds)("R54: %s", (_, make) => {
  it(
    "while no node runs: cursors of before are reset, and ids of lost messages name nothing",
    { timeout: 90_000 },
    async () => {
      const database = await make();
      const first = await nodeOn(database, "60000");
      const chat = new Chat(first);
      const held = await hold(chat, database.backUp);
      await first.close();
      await database.restore();

      const server = await nodeOn(database);
      const after = chat.through(server);
      const messages = await goOn(after);
      if (database.isKnownAtStart)
        held.cursors.set("of the conversation, before the backup", held.early);
      else await expectExact(after, server, held.early);
      await expectResets(after, server, held);
      await expectNamesNothing(after, held, messages[0] as Message);
      await expectGoesOn(after, server, messages.at(-1) as Message);
    },
  );

  it(
    "while no node runs, and `acked migrate --new-timeline` after it: every cursor of before is reset",
    { timeout: 90_000 },
    async () => {
      const database = await make();
      const first = await nodeOn(database, "60000");
      const chat = new Chat(first);
      const held = await hold(chat, database.backUp);
      await first.close();
      await database.restore();
      const print = vi.spyOn(console, "log").mockReturnValue();
      await vi.waitFor(() => migrate(first.config, { newTimeline: true }), {
        timeout: 20_000,
      });
      print.mockRestore();

      const server = await nodeOn(database);
      const after = chat.through(server);
      const messages = await goOn(after);
      held.cursors.set("of the conversation, before the backup", held.early);
      await expectResets(after, server, held);
      await expectNamesNothing(after, held, messages[0] as Message);
      await expectGoesOn(after, server, messages.at(-1) as Message);
    },
  );

  it(
    "under a node that lives on: open subscriptions hear of all that is new, and what was remembered is forgotten",
    { timeout: 90_000 },
    async () => {
      const database = await make();
      const server = await nodeOn(database);
      const chat = new Chat(server);
      const room = await roomOf(chat);
      const held = await hold(chat, async () => {
        await room.untilAnswering();
        await database.backUp();
      });
      await room.readBy("member1", "member2", "member3");
      expect(await room.counts()).toMatchObject({ readCount: 3 });

      const cursors = { id: held.id, after: await chat.cursor("alice") };
      const watching: Watching[] = [cursors, {}].map((variables) =>
        server.connect(chat.id("alice")).subscribe(statusDocument, variables),
      );
      const listening: Listening[] = [cursors, {}].map((variables) =>
        server.connect(chat.id("bob")).subscribe(addedDocument, variables),
      );
      await expect
        .poll(() => server.services.hub.size.subscriptions)
        .toBe(watching.length + listening.length);
      // They have begun: something that will be lost has reached each of them.
      await chat.read("carol", held.before[0] as Message);
      await chat.say("alice", "lost, too");
      for (const each of [...watching, ...listening])
        await each.until((all) => all.length > 0);

      await database.restore();
      const messages = await goOn(chat);
      // The same number of marks: the room has the version of before, and other counts.
      await untilAnswering(chat);
      await room.deliverTo("member4", "member5", "member6");
      for (const each of watching)
        await each.until(
          (all) =>
            all.some(({ data }) => data?.messageStatusChanged.reset === true),
          15_000,
        );
      for (const each of listening) {
        await each.until(
          (all) =>
            messages.every(({ id }) =>
              all.some(({ data }) => data?.messageAdded.message.id === id),
            ),
          15_000,
        );
        // What comes again comes in order, too.
        const ids = each.all.map(({ data }) => data?.messageAdded.message.id);
        const last = messages.map(({ id }) => ids.lastIndexOf(id));
        expect(last).toEqual(last.toSorted((a, b) => a - b));
      }
      expect(await room.counts()).toMatchObject({
        readCount: 0,
        deliveredCount: 3,
      });
      held.cursors.set("of the conversation, before the backup", held.early);
      await expectResets(chat, server, held);
      await expectNamesNothing(chat, held, messages[0] as Message);
      // The open subscriptions go on.
      const newest = messages.at(-1) as Message;
      await chat.read("bob", newest);
      for (const each of watching)
        await each.until((all) =>
          all.some(
            ({ data }) =>
              data?.messageStatusChanged.reset === false &&
              data.messageStatusChanged.messages.some(
                ({ id }) => id === newest.id,
              ),
          ),
        );
      await expectGoesOn(chat, server, messages[1] as Message);
    },
  );
});

/** A room so large that its counts are remembered. */
async function roomOf(chat: Chat) {
  const members = Array.from({ length: 120 }, (_, i) => `member${i}`);
  const id = await chat.conversation("alice", ...members);
  const message = await chat.say("alice", "to all");
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = chat.conversationId;
    chat.conversationId = id;
    try {
      return await work();
    } finally {
      chat.conversationId = before;
    }
  };
  return {
    untilAnswering: () => untilAnswering(chat),
    async readBy(...names: string[]) {
      for (const name of names) await within(() => chat.read(name, message));
    },
    async deliverTo(...names: string[]) {
      for (const name of names) await within(() => chat.receive(name, message));
    },
    counts: () => within(() => chat.counts("alice", message)),
  };
}

describe("R54: a promoted standby that lost nothing", () => {
  it(
    "keeps the timeline: cursors lead on, and open subscriptions are not reset",
    { timeout: 90_000 },
    async () => {
      const { url, untilEven, failOver } = await pair();
      const server = await nodeOn({ url });
      const chat = new Chat(server);
      await chat.conversation("alice", "bob");
      const [first, second, third] = await chat.sayMany("alice", 3);
      if (!first || !second || !third) throw new Error("3 were said");
      const early = await chat.cursor("alice");
      const { cursor } = await chat.read("bob", first);
      const watching: Watching[] = [{ id: chat.conversationId }, {}].map(
        (variables) =>
          server.connect(chat.id("alice")).subscribe(statusDocument, {
            ...variables,
            after: early,
          }),
      );
      for (const each of watching)
        expect(await each.next()).toMatchObject({
          data: { messageStatusChanged: { messages: [{ id: first.id }] } },
        });
      await untilEven();
      await failOver();
      await untilAnswering(chat);
      await chat.read("bob", second);
      for (const each of watching)
        expect(await each.next()).toMatchObject({
          data: {
            messageStatusChanged: {
              reset: false,
              messages: [{ id: second.id }],
            },
          },
        });
      await server.close();

      const next = await nodeOn({ url });
      const after = chat.through(next);
      await after.read("bob", third);
      for (const id of [chat.conversationId, null]) {
        const resumed: Watching = next
          .connect(chat.id("alice"))
          .subscribe(statusDocument, { id, after: cursor });
        expect(await resumed.next()).toMatchObject({
          data: {
            messageStatusChanged: {
              reset: false,
              messages: [{ id: third.id }, { id: second.id }],
            },
          },
        });
      }
    },
  );
});
