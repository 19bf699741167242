import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Chat, type Counts, type Message } from "./support/chat.js";
import { databaseForFile, serverForFile } from "./support/for-file.js";
import { badgeOf } from "./support/unread.js";
import { storedMessageId } from "./support/message-ids.js";
import {
  startPostgresProxy,
  type PostgresProxy,
} from "./support/postgres-proxy.js";

// What things cost, counted and not timed: rows written, by triggers; statements, by a proxy that
// reads Postgres's protocol.

const created = databaseForFile();
let proxy: PostgresProxy;
let database: Sql;
beforeAll(async () => {
  proxy = await startPostgresProxy(created.url);
  database = postgres(created.url, { max: 1, onnotice: () => undefined });
});
afterAll(async () => {
  await database.end();
  await proxy.close();
});
// Sweeps are no part of what an operation costs.
const server = serverForFile(() => ({
  DATABASE_URL: proxy.url,
  SWEEP_MS: "60000",
}));

/** How many statements an operation takes, once everyone concerned is known. */
async function statementsOf(operation: () => Promise<unknown>) {
  const before = proxy.statements;
  await operation();
  return proxy.statements - before;
}

describe("a bulk mark costs the same for ten messages as for 100,000", () => {
  const sizes = [10, 1_000, 100_000];
  const chats = new Map<string, Chat>();

  beforeAll(async () => {
    for (const size of sizes) {
      chats.set(`${size} by alice`, await seeded(size, ["alice"]));
      chats.set(`${size} by both`, await seeded(size, ["alice", "bob"]));
    }
    await database`analyze`;
    await countWrites();
  }, 120_000);

  const cases = sizes.flatMap((size) => [
    { size, by: "alice", unread: size },
    { size, by: "both", unread: size / 2 },
  ]);

  it.each(cases)(
    "R8: bulkMarkRead of $size messages by $by writes one participant, one conversation and one log row, in one statement",
    async ({ size, by, unread }) => {
      const chat = chatOf(size, by);
      const last = await messageAt(chat, size);
      expect(await chat.unread("bob")).toBe(unread);
      const cursor = await chat.cursor("alice");
      await forgetWrites();
      expect(await statementsOf(() => chat.readUpTo("bob", last))).toBe(1);
      expect(await writes()).toEqual([
        { table: "conversations", operation: "UPDATE", rows: 1 },
        { table: "participants", operation: "UPDATE", rows: 1 },
        { table: "receipt_log", operation: "INSERT", rows: 1 },
      ]);
      expect(await chat.unread("bob")).toBe(0);
      const [change, ...more] = await chat.changesSince("alice", cursor);
      expect(more).toEqual([]);
      expect(change?.messageCount).toBe(unread);
      expect(change?.receipts).toHaveLength(1);
      expect(change?.messages).toHaveLength(Math.min(unread, 50));
    },
  );

  it.each(cases)(
    "R8: bulkMarkDelivered of $size messages by $by to one more costs as little",
    async ({ size, by }) => {
      const chat = chatOf(size, by);
      await forgetWrites();
      const marked = await chat.receiveUpTo(
        "carol",
        await messageAt(chat, size),
      );
      expect(marked.changed).toBe(true);
      expect(await writes()).toEqual([
        { table: "conversations", operation: "UPDATE", rows: 1 },
        { table: "participants", operation: "UPDATE", rows: 1 },
        { table: "receipt_log", operation: "INSERT", rows: 1 },
      ]);
    },
  );

  it.each(cases)(
    "R9: a repeated bulk mark of $size messages by $by writes nothing",
    async ({ size, by }) => {
      const chat = chatOf(size, by);
      const last = await messageAt(chat, size);
      await chat.readUpTo("bob", last);
      await forgetWrites();
      expect((await chat.readUpTo("bob", last)).changed).toBe(false);
      expect(await writes()).toEqual([]);
    },
  );

  it.each(cases)(
    "R8: one message of $size by $by is marked at the same cost",
    async ({ size, by }) => {
      const chat = chatOf(size, by);
      const message = await messageAt(chat, size - 1);
      await forgetWrites();
      expect(await statementsOf(() => chat.read("carol", message))).toBe(1);
      expect(await writes()).toEqual([
        { table: "conversations", operation: "UPDATE", rows: 1 },
        { table: "participants", operation: "UPDATE", rows: 1 },
        { table: "receipt_log", operation: "INSERT", rows: 1 },
      ]);
    },
  );

  function chatOf(size: number, by: string): Chat {
    const chat = chats.get(`${size} by ${by}`);
    if (!chat) throw new Error("no such chat");
    return chat;
  }
});

describe("what is stored of an ordinary reader stays small", () => {
  /** How many separate runs of messages are stored as read by someone. */
  async function runsRead(chat: Chat, name: string): Promise<number> {
    const [row] = await database<{ runs: number }[]>`
      select (select count(*)::int from unnest(read)) as runs from participants
      where conversation_id = ${chat.conversationId} and user_id = ${chat.id(name)}`;
    return row?.runs ?? -1;
  }

  it("R4: who reads and answers in turn keeps one run, own messages and all", async () => {
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    for (let i = 0; i < 10; i++) {
      await chat.readUpTo("bob", await chat.say("alice"));
      await chat.say("bob");
    }
    expect(await runsRead(chat, "bob")).toBe(1);
    expect(await chat.unread("bob")).toBe(0);
  });

  it("R18a: who talks on without reading adds no run for each message", async () => {
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    for (let i = 0; i < 10; i++) {
      await chat.say("alice");
      await chat.say("bob");
    }
    expect(await runsRead(chat, "bob")).toBeLessThanOrEqual(1);
    expect(await chat.unread("bob")).toBe(10);
  });
});

describe("reading takes a fixed number of statements", () => {
  const counts =
    "status { overallStatus totalRecipients deliveredCount readCount summaryText }";

  it("a page of 50 messages with aggregates in a conversation of 1,000 is two, beside the one that finds the conversation", async () => {
    const chat = new Chat(server);
    const members = Array.from({ length: 999 }, (_, i) => `member${i}`);
    await chat.conversation("alice", ...members);
    const messages = await chat.sayMany("alice", 60);
    const [, second] = messages;
    const newest = messages.at(-1);
    if (!second || !newest) throw new Error("60 were said");
    await chat.readUpTo("member1", newest);
    await chat.receiveUpTo("member2", second);
    const read = (selection: string) =>
      chat.get<{
        conversation: {
          messages: { nodes: { seq: number; status: Counts }[] };
        };
      }>(
        "alice",
        `query ($id: ID!) { conversation(id: $id) { ${selection} } }`,
        {
          id: chat.conversationId,
        },
      );
    const page = (size: number) => () =>
      read(
        `title unreadCount cursor messages(last: ${size}) { nodes { id seq body sentAt ${counts} } }`,
      );
    const found = await statementsOf(() => read("title unreadCount cursor"));
    expect(found).toBe(1);
    expect(await statementsOf(page(50))).toBeLessThanOrEqual(found + 2);
    expect(await statementsOf(page(1))).toBeLessThanOrEqual(found + 2);

    const { conversation } = await page(60)();
    const { nodes } = conversation.messages;
    expect(nodes).toHaveLength(60);
    expect(nodes.at(-1)?.status).toEqual({
      overallStatus: "PARTIAL",
      totalRecipients: 999,
      deliveredCount: 1,
      readCount: 1,
      summaryText: "Read by 1 of 999",
    });
    expect(nodes[0]?.status.deliveredCount).toBe(2);
  });

  it("an inbox of 20 conversations with last messages, aggregates and unread counts is three at most", async () => {
    const chat = new Chat(server);
    for (let i = 0; i < 20; i++) {
      await chat.conversation("alice", `friend${i}`, "bob");
      await chat.say("alice");
      await chat.say(`friend${i}`, `from friend ${i}`);
    }
    const inbox = () =>
      chat.get<{
        conversations: {
          nodes: {
            unreadCount: number;
            lastMessage: { body: string; sender: { id: string } };
          }[];
        };
      }>(
        "alice",
        `{ conversations(first: 20) { nodes {
          id title unreadCount
          lastMessage { body sentAt sender { id displayName } ${counts} }
        } } }`,
      );
    const { conversations } = await inbox();
    expect(
      conversations.nodes.map(({ lastMessage, unreadCount }) => [
        lastMessage.body,
        unreadCount,
      ]),
    ).toEqual(
      Array.from({ length: 20 }, (_, i) => [`from friend ${19 - i}`, 1]),
    );
    expect(await statementsOf(inbox)).toBeLessThanOrEqual(3);
  });

  it("R36, R38: a badge over 20 conversations is one statement, and so is sending to 300 with a mention for all", async () => {
    const chat = new Chat(server);
    for (let i = 0; i < 20; i++) {
      await chat.conversation("alice", `friend${i}`);
      await chat.send(`friend${i}`, { mentionsAll: i === 7 });
    }
    expect(await badgeOf(chat, "alice")).toEqual({
      unreadCount: 20,
      unreadMentionCount: 1,
      unreadConversationCount: 20,
    });
    expect(await statementsOf(() => badgeOf(chat, "alice"))).toBe(1);
    const members = Array.from({ length: 300 }, (_, i) => `member${i}`);
    await chat.conversation("alice", ...members);
    await chat.say("alice");
    const mentionsAll = { mentionsAll: true, countsAsUnread: false };
    expect(await statementsOf(() => chat.send("alice", mentionsAll))).toBe(1);
    const [rows] = await database`
      select (select count(*)::int from mentions m where m.conversation_key = c.key) as mentions,
        (select count(*)::int from silent_messages s where s.conversation_key = c.key) as silent
      from conversations c where c.id = ${chat.conversationId}`;
    expect(rows).toEqual({ mentions: 1, silent: 1 });
  });

  it("500 recipients of a message with their times are one statement beside those that find and count", async () => {
    const chat = new Chat(server);
    const members = Array.from({ length: 500 }, (_, i) => `member${i}`);
    await chat.conversation("alice", ...members);
    const message = await chat.say("alice");
    await chat.read("member7", message);
    const counting = await statementsOf(() => chat.counts("alice", message));
    expect(
      await statementsOf(() => chat.recipients("alice", message)),
    ).toBeLessThanOrEqual(counting + 1);
  });

  it("500 synced marks of one conversation are one statement", async () => {
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    const messages = await Promise.all(
      Array.from({ length: 500 }, () => chat.say("alice")),
    );
    await chat.get("bob", "{ viewer { id } }");
    const receipts = messages.map(({ id: messageId }) => ({
      messageId,
      kind: "READ",
    }));
    const sync = () =>
      chat.get(
        "bob",
        `mutation ($receipts: [ReceiptInput!]!) {
          syncReceipts(input: { receipts: $receipts }) { results { changed } }
        }`,
        { receipts },
      );
    expect(await statementsOf(sync)).toBe(1);
    expect(await chat.unread("bob")).toBe(0);
  });
});

/** The message with that number, as its id names it. */
async function messageAt(
  { conversationId }: Chat,
  seq: number,
): Promise<Message> {
  const id = await storedMessageId(database, { conversationId, seq });
  return { id, seq, clientId: "", body: null, deletedAt: null };
}

/** Alice, Bob and Carol, and so many messages by these in turn, as sending them would have left it. */
async function seeded(size: number, senders: readonly string[]): Promise<Chat> {
  const chat = new Chat(server);
  await chat.conversation("alice", "bob", "carol");
  for (const name of ["bob", "carol"])
    await chat.get(name, "{ viewer { id } }");
  const ids = senders.map((name) => chat.id(name));
  await database.begin(async (tx) => {
    await tx`
      insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number,
        sender_ordinal, client_id, body, type, sent_at)
      select p.conversation_key, p.conversation_id, seq, seq, p.user_id, p.number,
        1 + (seq - 1) / ${ids.length}, ${chat.conversationId} || seq, 'message ' || seq, 'text',
        date_trunc('milliseconds', now())
      from generate_series(1, ${size}::int) seq
      join participants p on p.conversation_id = ${chat.conversationId}
        and p.user_id = (${ids}::text[])[1 + (seq - 1) % ${ids.length}]`;
    await tx`
      insert into message_keys (conversation_key, sender_number, client_id, seq, content_digest)
      select conversation_key, sender_number, client_id, seq, '' from messages
      where conversation_id = ${chat.conversationId}`;
    await tx`
      update conversations
      set version = ${size}, last_seq = ${size}, changed_at = date_trunc('milliseconds', now()),
        active_at = date_trunc('milliseconds', now()),
        changed_xid = pg_current_xact_id()::text::int8
      where id = ${chat.conversationId}`;
    await tx`
      update participants set sent_count = ${size / ids.length}
      where conversation_id = ${chat.conversationId} and user_id = any(${ids})`;
    // Who had read all before a message of their own has read up to it: so goes Alice's own run.
    const ownRun = `{[1,${ids.length === 1 ? size + 1 : 2})}`;
    await tx`
      update participants set delivered = ${ownRun}::text::int8multirange, read = ${ownRun}::text::int8multirange
      where conversation_id = ${chat.conversationId} and user_id = ${chat.id("alice")}`;
  });
  return chat;
}

/** From now on every row that is written leaves a note, with its table. */
async function countWrites(): Promise<void> {
  await database`create table writes (table_name text not null, operation text not null)`;
  await database`
    create function note_write() returns trigger language plpgsql as $$
    begin
      insert into writes values (tg_table_name, tg_op);
      return null;
    end $$`;
  const tables = await database<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'writes'`;
  for (const { name } of tables)
    await database`
      create trigger note_write after insert or update or delete on ${database(name)}
      for each row execute function note_write()`;
}

async function forgetWrites(): Promise<void> {
  await database`delete from writes`;
}

async function writes(): Promise<unknown[]> {
  const rows = await database`
    select table_name as table, operation, count(*)::int as rows
    from writes group by 1, 2 order by 1, 2`;
  return [...rows];
}
