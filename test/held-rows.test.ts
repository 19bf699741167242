import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { LockQueue } from "../src/db/lock-queue.js";
import { Turns } from "../src/foundation/turns.js";
import type { Viewer } from "../src/auth/viewer.js";
import { Chat } from "./support/chat.js";
import { databaseForFile, serverForFile } from "./support/for-file.js";

// A row that another transaction has locked: by a slow statement, a migration, a backup tool. Nothing here
// compares times. While a row is held, everything that may not wait for it has to end.

const created = databaseForFile();
const server = serverForFile(() => ({ DATABASE_URL: created.url }));
const other = serverForFile(() => ({ DATABASE_URL: created.url }));

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

const viewer = (userId: string): Viewer => ({
  userId,
  isService: false,
  expiresAtMs: Infinity,
});

/** Holds the rows that a query locks, until it is told to let go. */
async function hold(query: string, values: string[]) {
  const client = postgres(created.url, { max: 1, onnotice: () => undefined });
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  let onHeld = (): void => undefined;
  const held = new Promise<void>((resolve) => (onHeld = resolve));
  const over = client.begin(async (tx) => {
    await tx.unsafe(query, values);
    onHeld();
    await released;
  });
  await held;
  return async () => {
    letGo();
    await over;
    await client.end();
  };
}

const holdConversations = (...chats: Chat[]) =>
  hold("select 1 from conversations where id = any($1) for update", [
    `{${chats.map(({ conversationId }) => conversationId).join(",")}}`,
  ]);

/** Alice and Bob, each in a chat of their own, and two messages of Alice's. */
async function chatOfTwo() {
  const chat = new Chat(server);
  await chat.conversation("alice", "bob");
  const [first, second] = await chat.sayMany("alice", 2);
  if (!first || !second) throw new Error("two were said");
  return { chat, first, second };
}
type ChatOfTwo = Awaited<ReturnType<typeof chatOfTwo>>;

/** All kinds of changes, at once. */
const changes = ({ chat, first, second }: ChatOfTwo) => [
  chat.say("alice"),
  chat.say("bob"),
  chat.read("bob", first),
  chat.receiveUpTo("bob", second),
  chat.readUpTo("bob", second),
  chat.delete("alice", first),
  chat.add("alice", "carol"),
  chat.say("alice"),
];

/** How many of these promises have ended. */
function watch(promises: readonly Promise<unknown>[]) {
  const state = { ended: 0 };
  for (const promise of promises)
    promise.then(
      () => state.ended++,
      () => state.ended++,
    );
  return state;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a row that is held holds up nobody else", () => {
  it("what waits for one conversation delays that conversation alone, whatever the change", async () => {
    const held = await chatOfTwo();
    const others = await Promise.all(times(8, chatOfTwo));
    const letGo = await holdConversations(held.chat);
    const stuck = changes(held);
    const state = watch(stuck);
    await pause(50);
    await Promise.all(others.flatMap(changes));
    await Promise.all(others.map(({ chat }) => chat.leave("bob")));
    expect(state.ended).toBe(0);
    await letGo();
    await Promise.all(stuck);
    const { length } = (await held.chat.messages("alice")) ?? [];
    expect(length).toBe(5);
  });

  it("a participant who is held alone holds up nobody else in the conversation", async () => {
    const { chat, first, second } = await chatOfTwo();
    await chat.add("alice", "carol");
    const third = await chat.say("alice");
    const letGo = await hold(
      "select 1 from participants where conversation_id = $1 and user_id = $2 for update",
      [chat.conversationId, chat.id("bob")],
    );
    const stuck = [chat.read("bob", first), chat.say("bob")];
    const state = watch(stuck);
    await pause(50);
    expect((await chat.read("carol", third)).changed).toBe(true);
    await chat.say("alice");
    await chat.delete("alice", second);
    expect(state.ended).toBe(0);
    await letGo();
    await Promise.all(stuck);
    expect(await chat.recipient("alice", first, "bob")).toMatchObject({
      state: "READ",
    });
  });

  it("many conversations that are held at once take a few connections, and the rest goes on", async () => {
    const held = await Promise.all(times(14, chatOfTwo));
    const stranger = await chatOfTwo();
    const letGo = await holdConversations(...held.map(({ chat }) => chat));
    const stuck = held.flatMap(changes);
    const state = watch(stuck);
    const client = postgres(created.url, { max: 1 });
    const waiting: number[] = [];
    for (let i = 0; i < 20; i++) {
      await pause(50);
      const [row] = await client<{ count: number }[]>`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      waiting.push(row?.count ?? -1);
    }
    await client.end();
    expect(Math.max(...waiting)).toBeLessThanOrEqual(4);
    expect(Math.max(...waiting)).toBeGreaterThan(0);
    await Promise.all(changes(stranger));
    expect(await stranger.chat.unread("bob")).toBeGreaterThanOrEqual(0);
    expect(state.ended).toBe(0);
    await letGo();
    await Promise.all(stuck);
  });

  it(
    "what is held for too long ends with UNAVAILABLE, and nothing of it is stored",
    { timeout: 60_000 },
    async () => {
      const held = await chatOfTwo();
      const stranger = await chatOfTwo();
      const letGo = await holdConversations(held.chat);
      const stuck = Promise.allSettled([
        held.chat.say("alice"),
        held.chat.read("bob", held.first),
        held.chat.readUpTo("bob", held.second),
        held.chat.delete("alice", held.first),
        held.chat.add("alice", "carol"),
      ]);
      await pause(500);
      await Promise.all(changes(stranger));
      for (const outcome of await stuck) {
        expect(outcome.status).toBe("rejected");
        if (outcome.status === "rejected")
          expect(String(outcome.reason)).toContain("UNAVAILABLE");
      }
      await letGo();
      const messages = (await held.chat.messages("alice")) ?? [];
      expect(messages.map(({ deletedAt }) => deletedAt)).toEqual([null, null]);
      expect(await held.chat.unread("bob")).toBe(2);
      // It is as it was before: the next changes go at once.
      await Promise.all(changes(held));
    },
  );
});

describe("what waited is exact", () => {
  it("R9: of identical marks that waited on two nodes exactly one says changed: true", async () => {
    const { chat, first, second } = await chatOfTwo();
    const there = chat.through(other);
    const letGo = await holdConversations(chat);
    const single = times(12, (n) => (n % 2 ? chat : there).read("bob", second));
    const bulk = times(12, (n) =>
      (n % 2 ? chat : there).readUpTo("bob", second),
    );
    await pause(150);
    const late = times(6, () => chat.read("bob", first));
    await letGo();
    const changedOf = async (marks: typeof single) =>
      (await Promise.all(marks)).filter(({ changed }) => changed).length;
    const counts = [
      await changedOf(single),
      await changedOf(bulk),
      await changedOf(late),
    ];
    // The single marks and the bulk marks share message 2, the late ones and the bulk marks message 1.
    const [singles = 0, bulks = 0, lates = 0] = counts;
    expect(Math.max(...counts)).toBe(1);
    expect(singles + bulks).toBeGreaterThanOrEqual(1);
    expect(lates + bulks).toBeGreaterThanOrEqual(1);
    expect(await chat.unread("bob")).toBe(0);
    expect(await loggedReads(chat)).toBe(2);
  });

  /** How many messages the log tells of as read. */
  async function loggedReads({ conversationId }: Chat): Promise<number> {
    const client = postgres(created.url, { max: 1 });
    const [row] = await client<{ messages: number }[]>`
      select sum(log.last_seq - log.first_seq + 1)::int as messages
      from receipt_log log join conversations c on c.key = log.conversation_key
      where c.id = ${conversationId} and log.kind = 'READ'`;
    await client.end();
    return row?.messages ?? -1;
  }

  it("R17: a message that is sent again while it waits is stored once, and numbers have no gap", async () => {
    const { chat } = await chatOfTwo();
    const there = chat.through(other);
    const letGo = await holdConversations(chat);
    const clientId = chat.id("the same");
    const sends = times(8, (n) =>
      (n % 2 ? chat : there).send("alice", { clientId, body: "hello" }),
    );
    await pause(150);
    await letGo();
    const sent = await Promise.all(sends);
    expect(sent.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(sent.map(({ message }) => message.id)).size).toBe(1);
    const messages = (await chat.messages("alice")) ?? [];
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("R17: a repeat of a stored message is answered while the conversation is held", async () => {
    const { chat } = await chatOfTwo();
    const clientId = chat.id("the same");
    await chat.send("alice", { clientId, body: "hello" });
    const letGo = await holdConversations(chat);
    const waiting = chat.say("alice");
    await pause(50);
    const { duplicate } = await chat.send("alice", { clientId, body: "hello" });
    expect(duplicate).toBe(true);
    await letGo();
    await waiting;
  });

  it("messages that one sender sends in a row keep their order while they wait", async () => {
    const { chat } = await chatOfTwo();
    const { conversationId } = chat;
    const letGo = await holdConversations(chat);
    const sends: Promise<number>[] = [];
    for (let n = 0; n < 30; n++) {
      const draft = {
        ...{ conversationId, clientId: chat.id(`row-${n}`), body: `${n}` },
        ...{ type: "text", fileType: null, senderId: null },
      };
      sends.push(
        server.services.messages
          .send(viewer(chat.id("alice")), draft)
          .then(({ message }) => message.seq),
      );
      if (n % 3 === 0) await pause(5);
    }
    await letGo();
    expect(await Promise.all(sends)).toEqual(times(30, (n) => n + 3));
  });

  it("strangers and unknown conversations are refused at once, held or not", async () => {
    const { chat, first } = await chatOfTwo();
    const letGo = await holdConversations(chat);
    await expect(chat.read("mallory", first)).rejects.toThrow("NOT_FOUND");
    await expect(chat.say("mallory")).rejects.toThrow("NOT_FOUND");
    await expect(chat.add("mallory", "mallory")).rejects.toThrow("NOT_FOUND");
    await expect(chat.remove("mallory", "bob")).rejects.toThrow("NOT_FOUND");
    await letGo();
  });

  it("R9, R16: a room that two nodes mark and send in at once loses and doubles nothing", async () => {
    const chat = new Chat(server);
    const readers = times(10, (n) => `reader${n}`);
    await chat.conversation("alice", ...readers);
    const there = chat.through(other);
    const before = await chat.sayMany("alice", 10);
    const [marked] = await Promise.all([
      Promise.all(
        before.flatMap((message) =>
          readers.flatMap((name) => [
            chat.read(name, message),
            there.read(name, message),
          ]),
        ),
      ),
      Promise.all(
        times(40, (n) => (n % 2 ? chat : there).say("alice", `more ${n}`)),
      ),
    ]);
    expect(marked.filter(({ changed }) => changed)).toHaveLength(100);
    const messages = (await chat.messages("alice")) ?? [];
    expect(messages.map(({ seq }) => seq)).toEqual(times(50, (n) => n + 1));
    expect(await chat.unread("reader3")).toBe(40);
  });
});

describe("a queue for a lock", () => {
  it("tries again in turn, in batches, and is gone once it is empty", async () => {
    const { chat } = await chatOfTwo();
    const letGo = await holdConversations(chat);
    const sizes: number[] = [];
    const { queries } = { queries: postgres(created.url, { max: 1 }) };
    const queue = new LockQueue<number, number>({
      turns: new Turns({
        limit: 2,
        first: { longestMs: 20, rotationMs: 20 },
        later: { longestMs: 20, rotationMs: 20 },
      }),
      maxBatch: 100,
      async write(items, waitMs) {
        sizes.push(items.length);
        await queries`
          select 1 from conversations where id = ${chat.conversationId}
            and (select set_config('lock_timeout', ${`${waitMs}`}, true)) is not null for update`;
        return items.map((item) => item * 10);
      },
    });
    const first = queue.submit("a key", 1);
    await pause(100);
    const more = [2, 3, 4].map((item) => queue.submit("a key", item));
    await pause(100);
    expect(queue.has("a key")).toBe(true);
    await letGo();
    expect(await Promise.all([first, ...more])).toEqual([10, 20, 30, 40]);
    expect(sizes.at(-1)).toBe(4);
    await pause(10);
    expect(queue.has("a key")).toBe(false);
    expect(queue.size).toBe(0);
    await queries.end();
  });
});
