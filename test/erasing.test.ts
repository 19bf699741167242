import { Writable } from "node:stream";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../src/log/log.js";
import {
  stepsAside,
  stepsAtTheEnd,
  stepsInConversation,
  stepsWhereMentioned,
} from "../src/domain/lifecycle/erasure-steps.js";
import { createSeal } from "../src/foundation/seal.js";
import { Chat, codeOf, dataOf, type Message } from "./support/chat.js";
import { databaseForFile } from "./support/for-file.js";
import {
  startTestServer,
  testSecret,
  type TestServer,
} from "./support/server.js";
import { flag, mute } from "./support/unread.js";
import { waitFor } from "./support/wait.js";

// A user of whom nothing is left. Two nodes with a log of their own, on one database.

const database = databaseForFile();
let nodes: [TestServer, TestServer];
let logged = "";
let sql: postgres.Sql;
beforeAll(async () => {
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      logged += chunk.toString();
      done();
    },
  });
  const node = () =>
    startTestServer(
      { DATABASE_URL: database.url, BUS_URL: "postgres" },
      {},
      createLog({ level: "trace" }, output),
    );
  nodes = [await node(), await node()];
  sql = postgres(database.url, { max: 4, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  for (const node of nodes) await node.close();
});

let chat: Chat;
beforeEach(() => {
  chat = new Chat(nodes[0]);
});

const eraseDocument = `mutation ($userId: ID!) {
  eraseUser(input: { userId: $userId }) { conversationCount messageCount }
}`;

async function erase(name: string) {
  const answer = await chat.askAsService<{
    eraseUser: { conversationCount: number; messageCount: number };
  }>(eraseDocument, { userId: chat.id(name) });
  return dataOf(answer).eraseUser;
}

async function exported(name: string, asService = true, node = nodes[0]) {
  const token = await node.token(chat.id(asService ? "service" : name), {
    isService: asService,
  });
  const address = new URL(
    `/export/user/${encodeURIComponent(chat.id(name))}`,
    node.url,
  );
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    lines:
      response.status === 200
        ? text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : [],
  };
}

/** The rows of the whole database that hold a text, each with its table. */
async function rowsWith(text: string): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`;
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await sql.unsafe<{ row: string }[]>(
        `select t::text as row from ${name} t where position($1 in t::text) > 0`,
        [text],
      );
      return rows.map(({ row }) => `${name}: ${row}`);
    }),
  );
  return found.flat();
}

const participantsDocument = `query ($id: ID!) {
  conversation(id: $id) {
    cursor
    participants(first: 50) { edges { cursor } }
    messages(last: 50) {
      edges { cursor node { clientId fileType deletedAt sender { id displayName avatarUrl } status { recipients { edges { cursor } } } } }
    }
  }
}`;

interface Everything {
  conversation: {
    cursor: string;
    participants: { edges: { cursor: string }[] };
    messages: {
      edges: {
        cursor: string;
        node: {
          clientId: string;
          fileType: string | null;
          deletedAt: string | null;
          sender: { id: string; displayName: string | null; avatarUrl: null };
          status: { recipients: { edges: { cursor: string }[] } };
        };
      }[];
    };
  };
}

const mutedUntil = "9999-12-31T00:00:00.000Z";

async function mentionBob(): Promise<Message> {
  const { message } = await chat.send("alice", {
    mentionedUserIds: [chat.id("bob")],
  });
  return message;
}

const usersDocument = `query ($id: ID!, $participants: Cursor, $recipients: Cursor) {
  conversation(id: $id) {
    participants(first: 50, after: $participants) { edges { cursor node { user { id } } } }
    messages(last: 1) {
      nodes { status { recipients(first: 50, after: $recipients) { edges { cursor node { user { id } } } } } }
    }
  }
}`;

interface UserPage {
  edges: { cursor: string; node: { user: { id: string } } }[];
}

/** A life that leaves something in every table. */
async function live() {
  const left = await chat.conversation("bob", "alice");
  await chat.say("bob");
  await chat.leave("bob");
  const id = await chat.conversation("alice", "bob", "carol");
  await chat.get(
    "bob",
    `mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }`,
    { input: { participantIds: [chat.id("alice")], clientId: "made by bob" } },
  );
  // Somebody names him where he never was.
  await chat.conversation("alice", "carol");
  await mentionBob();
  chat.conversationId = id;
  const { message: bobs } = await chat.send("bob", {
    body: "a secret of bob",
    clientId: "bob's own id",
    fileType: "image/bob",
  });
  const deleted = await chat.say("bob");
  await chat.delete("bob", deleted);
  const open = await mentionBob();
  await chat.read("bob", open);
  await flag(chat, "bob", open);
  await mute(chat, "bob", mutedUntil);
  await chat.hideReads("bob");
  const hidden = await chat.say("alice");
  await chat.receive("bob", hidden);
  await chat.read("bob", hidden);
  for (const message of [bobs, open, hidden]) await chat.read("carol", message);
  return { left, id, bobs, open, hidden };
}

describe("R41: an erased user", () => {
  it("is gone from every table, cursor and log; what they sent keeps its place", async () => {
    const { open } = await live();
    const before = await chat.cursor("alice");
    const stood = await chat.messages("alice");

    expect(await erase("bob")).toEqual({
      conversationCount: 3,
      messageCount: 3,
    });

    const id = chat.id("bob");
    for (const trace of [id, "a secret of bob", "bob's own id", "made by bob"])
      expect(await rowsWith(trace)).toEqual([]);
    expect(await rowsWith("image/bob")).toEqual([]);
    const { conversation } = await chat.get<Everything>(
      "alice",
      participantsDocument,
      { id: chat.conversationId },
    );
    const { edges } = conversation.messages;
    expect(await chat.messages("alice")).toEqual(
      stood?.map((message, i) => ({
        ...message,
        ...(i < 2 && {
          clientId: edges[i]?.node.clientId,
          body: null,
          deletedAt: edges[i]?.node.deletedAt,
          ...("sender" in message && { sender: expect.anything() as unknown }),
        }),
      })),
    );
    const senders = edges.slice(0, 2).map(({ node }) => node.sender);
    expect(senders[0]).toEqual(senders[1]);
    expect(senders[0]).toMatchObject({ displayName: null, avatarUrl: null });
    expect(senders[0]?.id).toMatch(/^erased-/);
    expect(edges[0]?.node).toMatchObject({ fileType: null });
    expect(edges[0]?.node.deletedAt).not.toBeNull();
    expect(await chat.counts("alice", open)).toMatchObject({
      summaryText: "Read",
      totalRecipients: 1,
    });

    const seal = createSeal(testSecret);
    const changes = await chat.changesSince("alice", before);
    const cursors = [
      ...[conversation.cursor, ...changes.map(({ cursor }) => cursor)],
      ...conversation.participants.edges.map(({ cursor }) => cursor),
      ...edges.flatMap(({ cursor, node }) => [
        cursor,
        ...node.status.recipients.edges.map(({ cursor }) => cursor),
      ]),
    ];
    for (const cursor of cursors) {
      const opened = ["list", "stream"].map((purpose) =>
        JSON.stringify(seal.open(purpose, cursor)),
      );
      expect(opened.some((values) => values !== "null")).toBe(true);
      expect(opened.join()).not.toContain(id);
    }
    expect(logged).not.toBe("");
    expect(logged).not.toContain(id);
    expect(await erase("bob")).toEqual({
      conversationCount: 0,
      messageCount: 0,
    });
  });

  it("is no place in a list any more: a cursor from before that stands at them is refused", async () => {
    await live();
    const { conversation } = await chat.get<{
      conversation: {
        participants: UserPage;
        messages: { nodes: { status: { recipients: UserPage } }[] };
      };
    }>("alice", usersDocument, { id: chat.conversationId });
    const pages = [
      ["participants", conversation.participants] as const,
      ...conversation.messages.nodes.map(
        ({ status }) => ["recipients", status.recipients] as const,
      ),
    ];
    const after = (list: string, cursor: string) =>
      chat.ask("alice", usersDocument, {
        id: chat.conversationId,
        [list]: cursor,
      });
    const cursors = pages.flatMap(([list, { edges }]) =>
      edges.map(({ cursor, node }) => ({ list, cursor, user: node.user.id })),
    );
    const [bobs, others] = [true, false].map((isBob) =>
      cursors.filter(({ user }) => (user === chat.id("bob")) === isBob),
    );
    expect(new Set(bobs?.map(({ list }) => list)).size).toBe(2);
    for (const { list, cursor } of cursors)
      expect((await after(list, cursor)).errors).toBeUndefined();
    await erase("bob");
    for (const { list, cursor } of bobs ?? [])
      expect(codeOf(await after(list, cursor))).toBe("BAD_USER_INPUT");
    for (const { list, cursor } of others ?? [])
      expect((await after(list, cursor)).errors).toBeUndefined();
  });

  it("is told of to those who listen, and to those who were away", async () => {
    const { bobs, open, hidden } = await live();
    const before = await chat.cursor("alice");
    const events = chat.watch("alice", before);
    await erase("bob");
    const concerned = new Set([bobs.id, open.id, hidden.id]);
    const told = new Set<string>();
    while ([...concerned].some((id) => !told.has(id)))
      for (const { id } of dataOf(await events.next()).messageStatusChanged
        .messages)
        told.add(id);
    const changes = await chat.changesSince("alice", before);
    const away = new Set(
      changes.flatMap(({ messages }) => messages.map(({ id }) => id)),
    );
    if (!changes.some(({ reset }) => reset))
      expect([...concerned].every((id) => away.has(id))).toBe(true);
  });

  it("has no token that is good here, on any node, and an id that nobody is given", async () => {
    await live();
    const [, other] = nodes;
    const sockets = nodes.map((node) => node.connect(chat.id("bob")));
    const all = `subscription { messageStatusChanged { cursor } }`;
    for (const socket of sockets) {
      socket.subscribe(all);
      dataOf(await socket.execute("{ viewer { id } }"));
    }
    await erase("bob");
    expect(codeOf(await chat.ask("bob", "{ viewer { id } }"))).toBe(
      "UNAUTHENTICATED",
    );
    const there = chat.through(other);
    await expect
      .poll(async () => (await there.ask("bob", "{ viewer { id } }")).errors, {
        timeout: 20_000,
      })
      .toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    for (const socket of sockets) {
      const answer = await socket
        .execute("{ viewer { id } }")
        .catch(() => null);
      if (answer) expect(codeOf(answer)).toBe("UNAUTHENTICATED");
      expect((await socket.closed).code).toBe(4403);
    }
    const asService = await nodes[0].token(chat.id("bob"), { isService: true });
    const answer = await nodes[0].post(
      { authorization: `Bearer ${asService}` },
      { query: "{ viewer { id } }" },
    );
    expect(answer.status).toBe(401);
    const refused = [
      await chat.ask(
        "alice",
        `mutation ($input: AddParticipantsInput!) { addParticipants(input: $input) { added { id } } }`,
        {
          input: {
            conversationId: chat.conversationId,
            userIds: [chat.id("bob")],
          },
        },
      ),
      await chat.askAsService(
        `mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }`,
        { input: { participantIds: [chat.id("alice"), chat.id("bob")] } },
      ),
    ];
    expect(refused.map(codeOf)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    for (const move of ["deactivateUser", "reactivateUser"])
      expect(
        codeOf(
          await chat.askAsService(
            `mutation ($userId: ID!) { ${move}(input: { userId: $userId }) { conversationCount } }`,
            { userId: chat.id("bob") },
          ),
        ),
      ).toBe("NOT_FOUND");
    expect(await rowsWith(chat.id("bob"))).toEqual([]);
  });

  it("need not have been known: the id is given to nobody", async () => {
    expect(await erase("stranger")).toEqual({
      conversationCount: 0,
      messageCount: 0,
    });
    expect(codeOf(await chat.ask("stranger", "{ viewer { id } }"))).toBe(
      "UNAUTHENTICATED",
    );
  });

  it("is mentioned by nobody any more: nothing is stored of a mention, and a repeat of one from before is none", async () => {
    await live();
    const mention = { mentionedUserIds: [chat.id("bob"), chat.id("carol")] };
    const before = { clientId: "a mention from before", ...mention };
    await chat.send("alice", before);
    await erase("bob");
    expect(await chat.send("alice", before)).toMatchObject({ duplicate: true });
    const { message } = await chat.send("alice", mention);
    expect(await rowsWith(chat.id("bob"))).toEqual([]);
    expect(
      await sql`
        select user_id from mentions m join conversations c on c.key = m.conversation_key
        where c.id = ${chat.conversationId} and seq = ${message.seq}`,
    ).toEqual([{ user_id: chat.id("carol") }]);
  });

  it("is in no mention that was being stored while the others were forgotten", async () => {
    await live();
    const id = chat.id("bob");
    let erased: Promise<unknown> = Promise.resolve();
    await sql.begin(async (tx) => {
      await tx`
        insert into mentions (conversation_key, user_id, seq)
        select key, ${id}, 99 from conversations where id = ${chat.conversationId}`;
      erased = erase("bob");
      await waitFor(async () =>
        expect(
          await sql`
            select from pg_locks where not granted and relation = 'mentions'::regclass`,
        ).toHaveLength(1),
      );
    });
    await erased;
    expect(await rowsWith(id)).toEqual([]);
  });

  it("is erased by the host app alone", async () => {
    const answer = await chat.ask("alice", eraseDocument, {
      userId: chat.id("bob"),
    });
    expect(codeOf(answer)).toBe("FORBIDDEN");
  });

  it("leaves no table out: each that has something of users has a step", async () => {
    const cleared = new Set(
      [
        ...[...stepsAside, ...stepsInConversation],
        ...[...stepsWhereMentioned, ...stepsAtTheEnd],
      ].flatMap(({ tables }) => tables),
    );
    /** Why a table needs no step. */
    const without = {
      conversations: "titles and ids are the host app's",
      timelines: "restores",
      silent_messages: "messages by their numbers",
      compactions: "the place of the compaction",
      erasures: "digests: what tells that an id was erased",
    };
    const tables = await sql<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'public' order by 1`;
    expect([...cleared, ...Object.keys(without)].sort()).toEqual(
      tables.map(({ name }) => name),
    );
  });
});

describe("R41: the export", () => {
  it("has everything before the erasure, hidden reads too, and nothing after it", async () => {
    const { id, bobs, open, hidden } = await live();
    const { status, type, lines } = await exported("bob");
    expect([status, type]).toEqual([
      200,
      "application/x-ndjson; charset=utf-8",
    ]);
    const of = (type: string, conversationId: string | null = id) =>
      lines.filter(
        (line) =>
          line["type"] === type &&
          (conversationId === null ||
            line["conversationId"] === conversationId),
      );
    expect(lines[0]).toMatchObject({
      ...{ type: "user", id: chat.id("bob"), readReceipts: false },
      deactivatedAt: null,
    });
    expect(of("participation", null)).toHaveLength(3);
    expect(of("participation")).toMatchObject([
      {
        ...{ role: "MEMBER", isObserver: false, leftAt: null, mutedUntil },
        member: [[1, null]],
        hidden: [[hidden.seq, hidden.seq]],
        flagged: [[open.seq, open.seq]],
        mentionedIn: [[open.seq, open.seq]],
      },
    ]);
    expect(of("message")).toMatchObject([
      { seq: bobs.seq, body: "a secret of bob", clientId: "bob's own id" },
      { body: null },
    ]);
    expect(of("receipt")).toMatchObject([
      { kind: "READ", fromSeq: open.seq, toSeq: open.seq, isHidden: false },
      { kind: "DELIVERED", fromSeq: hidden.seq },
      { kind: "READ", fromSeq: hidden.seq, isHidden: true },
    ]);
    expect(of("flag")).toMatchObject([
      { fromSeq: open.seq, toSeq: open.seq },
      {},
    ]);
    expect(of("conversationKey", null)).toMatchObject([
      { clientId: "made by bob" },
    ]);
    await erase("bob");
    expect((await exported("bob")).status).toBe(404);
  });

  it("is for service tokens alone, and 404 where there is nothing", async () => {
    await live();
    expect((await exported("bob", false)).status).toBe(403);
    expect((await exported("nobody")).status).toBe(404);
    const address = new URL("/export/user/x", nodes[0].url);
    expect((await fetch(address)).status).toBe(401);
  });

  it("has all pages, in order", async () => {
    const id = await chat.conversation("alice", "bob");
    await sql`
      insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number, sender_ordinal,
        client_id, body, type, sent_at)
      select key, id, n, n, ${chat.id("alice")}, 1, n, n::text, repeat('x', 20000), 'text', now()
      from conversations, generate_series(1, 1001) n where id = ${id}`;
    const { lines } = await exported("alice");
    const seqs = lines
      .filter(({ type }) => type === "message")
      .map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 1_001 }, (_, i) => i + 1));
  });
});
