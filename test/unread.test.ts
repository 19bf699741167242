import { describe, expect, it } from "vitest";
import { codeOf, type Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import { unsentMessageId } from "./support/message-ids.js";
import {
  badgeOf,
  flag,
  readUpToHavingSeen,
  tryToFlag,
  unreadOf,
} from "./support/unread.js";

const server = serverForFile();
const chat = chatForEachTest(server);

/** Ten messages of Alice's, which Bob has read. */
async function tenRead(): Promise<Message[]> {
  await chat.conversation("alice", "bob", "carol");
  const messages = await chat.sayMany("alice", 10);
  await chat.readUpTo("bob", at(messages, 10));
  return messages;
}

function at(messages: readonly Message[], seq: number): Message {
  const found = messages[seq - 1];
  if (!found) throw new Error(`there is no message ${seq}`);
  return found;
}

describe("R31: flagged as unread", () => {
  it("R31, R34: from a message on, what was read shows as unread again", async () => {
    const messages = await tenRead();
    expect(await unreadOf(chat, "bob")).toMatchObject({
      unreadCount: 0,
      firstUnread: null,
      unread: [],
    });
    expect(await flag(chat, "bob", at(messages, 7))).toMatchObject({
      unreadCount: 4,
    });
    expect(await unreadOf(chat, "bob")).toEqual({
      unreadCount: 4,
      unreadMentionCount: 0,
      firstUnread: 7,
      unread: [7, 8, 9, 10],
    });
    expect(await badgeOf(chat, "bob")).toEqual({
      unreadCount: 4,
      unreadMentionCount: 0,
      unreadConversationCount: 1,
    });
  });

  it("R31: where no message is named, the newest one by another that counts", async () => {
    const messages = await tenRead();
    await chat.say("bob");
    await chat.send("alice", { body: "joined", countsAsUnread: false });
    await chat.delete("alice", at(messages, 10));
    await chat.readUpTo("bob", await chat.say("bob"));
    await flag(chat, "bob");
    expect((await unreadOf(chat, "bob")).unread).toEqual([9]);
  });

  it("R31: where nobody else has sent anything, it changes nothing and is no error", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    expect(await flag(chat, "alice")).toMatchObject({ unreadCount: 0 });
  });

  it("R31: others see no difference, and are told nothing", async () => {
    const messages = await tenRead();
    const look = async () => [
      await chat.counts("alice", at(messages, 8)),
      await chat.recipients("alice", at(messages, 8)),
      await chat.participants("alice"),
      await chat.unread("alice"),
      await unreadOf(chat, "carol"),
    ];
    const before = await look();
    const after = await chat.cursor("alice");
    const events = chat.watch("alice", after);
    await flag(chat, "bob", at(messages, 7));
    await chat.readUpTo("bob", at(messages, 10));
    expect(await look()).toEqual(before);
    expect(await chat.changesSince("alice", after)).toEqual([]);
    await chat.read("carol", at(messages, 1));
    const { data } = await events.next();
    expect(data?.messageStatusChanged).toMatchObject({ messageCount: 1 });
  });

  it("R31: the flagged message goes on being read, to its reader too", async () => {
    const messages = await tenRead();
    await flag(chat, "bob", at(messages, 7));
    expect(await chat.recipient("bob", at(messages, 8), "bob")).toMatchObject({
      state: "READ",
    });
    expect(await chat.participant("bob", "bob")).toMatchObject({
      readUpToSeq: 10,
    });
  });

  it("R31, R4: one's own messages are never unread, whatever is flagged", async () => {
    await chat.conversation("alice", "bob");
    const own = await chat.say("bob");
    await chat.say("alice");
    await chat.say("bob");
    await chat.readUpTo("bob", await chat.say("alice"));
    await flag(chat, "bob", own);
    expect(await unreadOf(chat, "bob")).toMatchObject({
      unreadCount: 2,
      firstUnread: 2,
      unread: [2, 4],
    });
  });

  it("R31, R13: a flagged message that is deleted is not unread", async () => {
    const messages = await tenRead();
    await flag(chat, "bob", at(messages, 9));
    await chat.delete("alice", at(messages, 9));
    expect(await unreadOf(chat, "bob")).toMatchObject({
      unreadCount: 1,
      firstUnread: 10,
      unread: [10],
    });
  });

  it("R31, R3: what one may not see can't be flagged, and shows as not there", async () => {
    await chat.conversation("alice", "bob");
    const [before] = await chat.sayMany("alice", 1);
    await chat.add("alice", "carol");
    await chat.say("alice");
    if (!before) throw new Error("nothing was sent");
    const { conversationId } = chat;
    const unsent = { id: unsentMessageId({ conversationId, seq: 99 }) };
    expect(codeOf(await tryToFlag(chat, "carol", before))).toBe("NOT_FOUND");
    expect(codeOf(await tryToFlag(chat, "bob", unsent))).toBe("NOT_FOUND");
    expect(codeOf(await tryToFlag(chat, "mallory", before))).toBe("NOT_FOUND");
    expect(codeOf(await tryToFlag(chat, "mallory"))).toBe("NOT_FOUND");
    await chat.conversation("alice", "carol");
    expect(codeOf(await tryToFlag(chat, "alice", before))).toBe("NOT_FOUND");
  });
});

describe("R32: reading takes the flag off", () => {
  it("R32: read, flagged and read again; `changed` speaks of receipts alone", async () => {
    const messages = await tenRead();
    for (let round = 0; round < 3; round++) {
      await flag(chat, "bob", at(messages, 7));
      expect(await chat.unread("bob")).toBe(4);
      expect(await chat.read("bob", at(messages, 8))).toMatchObject({
        changed: false,
      });
      expect((await unreadOf(chat, "bob")).unread).toEqual([7, 9, 10]);
      expect(await chat.readUpTo("bob", at(messages, 9))).toMatchObject({
        changed: false,
      });
      expect((await unreadOf(chat, "bob")).unread).toEqual([10]);
      await chat.readUpTo("bob", at(messages, 10));
      expect(await chat.unread("bob")).toBe(0);
    }
  });

  it("R32: a delivery takes no flag off", async () => {
    const messages = await tenRead();
    await flag(chat, "bob", at(messages, 7));
    await chat.receiveUpTo("bob", at(messages, 10));
    expect(await chat.unread("bob")).toBe(4);
  });

  /** The phone goes offline with 10 unread; the tablet reads all, and marks as unread from 7 on. */
  async function offline() {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 10);
    const seen = await chat.cursor("bob");
    await chat.readUpTo("bob", at(messages, 10));
    await flag(chat, "bob", at(messages, 7));
    return { messages, seen };
  }

  it("R32: a phone that was offline doesn't undo what the tablet has marked as unread since", async () => {
    const { messages, seen } = await offline();
    const phone = await readUpToHavingSeen(chat, "bob", at(messages, 10), seen);
    expect(phone).toMatchObject({ changed: false });
    expect((await unreadOf(chat, "bob")).unread).toEqual([7, 8, 9, 10]);
    // By the whole queue too, of single marks and of one up to a message.
    const receipts = [8, 9, 10].map((seq) => ({
      messageId: at(messages, seq).id,
      kind: "READ",
      upTo: seq === 10,
      seen,
    }));
    await chat.get(
      "bob",
      `mutation ($receipts: [ReceiptInput!]!) {
        syncReceipts(input: { receipts: $receipts }) { results { changed error } }
      }`,
      { receipts },
    );
    expect((await unreadOf(chat, "bob")).unread).toEqual([7, 8, 9, 10]);
  });

  it("R32: without `seen` it does", async () => {
    const { messages } = await offline();
    await readUpToHavingSeen(chat, "bob", at(messages, 10), null);
    expect((await unreadOf(chat, "bob")).unread).toEqual([]);
  });

  it("R32: a cursor that has seen the flag takes it off, whichever conversation it was read from", async () => {
    const { messages, seen } = await offline();
    const { cursor } = await flag(chat, "bob", at(messages, 9));
    await readUpToHavingSeen(chat, "bob", at(messages, 8), seen);
    expect((await unreadOf(chat, "bob")).unread).toEqual([7, 8, 9, 10]);
    const here = chat.conversationId;
    await chat.conversation("bob", "carol");
    const elsewhere = await chat.cursor("bob");
    chat.conversationId = here;
    await readUpToHavingSeen(chat, "bob", at(messages, 8), elsewhere);
    expect((await unreadOf(chat, "bob")).unread).toEqual([9, 10]);
    await readUpToHavingSeen(chat, "bob", at(messages, 10), cursor);
    expect((await unreadOf(chat, "bob")).unread).toEqual([]);
  });

  it("R32: of flags from several times, those that the device had seen go", async () => {
    const messages = await tenRead();
    const { cursor } = await flag(chat, "bob", at(messages, 3));
    await flag(chat, "bob", at(messages, 8));
    await readUpToHavingSeen(chat, "bob", at(messages, 10), cursor);
    expect((await unreadOf(chat, "bob")).unread).toEqual([8, 9, 10]);
    // A newer flag from further back tells of all.
    await flag(chat, "bob", at(messages, 2));
    await readUpToHavingSeen(chat, "bob", at(messages, 10), cursor);
    expect((await unreadOf(chat, "bob")).unread).toHaveLength(9);
  });

  it("R32: what is read newly by such a mark is a receipt, and stays unread for its reader", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 3);
    const seen = await chat.cursor("bob");
    await flag(chat, "bob", at(messages, 2));
    expect(
      await readUpToHavingSeen(chat, "bob", at(messages, 3), seen),
    ).toMatchObject({ changed: true });
    expect(await chat.counts("alice", at(messages, 3))).toMatchObject({
      summaryText: "Read",
    });
    expect((await unreadOf(chat, "bob")).unread).toEqual([2, 3]);
  });

  it("R32: more flaggings than are told apart undo no decision made since", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 80);
    await chat.readUpTo("bob", at(messages, 80));
    const seen = await chat.cursor("bob");
    for (const message of messages.slice(0, 70))
      await flag(chat, "bob", message);
    await readUpToHavingSeen(chat, "bob", at(messages, 80), seen);
    expect(await chat.unread("bob")).toBe(80);
    await readUpToHavingSeen(
      chat,
      "bob",
      at(messages, 80),
      await chat.cursor("bob"),
    );
    expect(await chat.unread("bob")).toBe(0);
  });

  it("R32, R25, R30: a malformed `seen` is BAD_USER_INPUT, and spoils no other mark", async () => {
    const messages = await tenRead();
    const { id } = at(messages, 10);
    const answer = await chat.ask(
      "bob",
      `mutation ($id: ID!) { markRead(input: { messageId: $id, seen: "yesterday" }) { changed } }`,
      { id },
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "seen"],
    });
    const { syncReceipts } = await chat.get<{ syncReceipts: unknown }>(
      "carol",
      `mutation ($id: ID!) {
        syncReceipts(input: { receipts: [
          { messageId: $id, kind: READ, seen: "yesterday" }, { messageId: $id, kind: READ }
        ] }) { results { changed error } }
      }`,
      { id },
    );
    expect(syncReceipts).toEqual({
      results: [
        { changed: false, error: "BAD_USER_INPUT" },
        { changed: true, error: null },
      ],
    });
  });
});

describe("R33: the user's other devices", () => {
  it("R33: are told of a flag by an event without receipts, and of its end too", async () => {
    const messages = await tenRead();
    const events = chat.watch("bob", await chat.cursor("bob"), {
      fields: "receipts { kind } messageCount messages { seq isUnread }",
    });
    await flag(chat, "bob", at(messages, 9));
    expect((await events.next()).data?.messageStatusChanged).toEqual({
      receipts: [],
      messageCount: 2,
      messages: [
        { seq: 10, isUnread: true },
        { seq: 9, isUnread: true },
      ],
    });
    await chat.read("bob", at(messages, 10));
    expect((await events.next()).data?.messageStatusChanged).toEqual({
      receipts: [],
      messageCount: 1,
      messages: [{ seq: 10, isUnread: false }],
    });
  });

  it("R33, R22: who was offline is told once, merged, by socket and by pages", async () => {
    const messages = await tenRead();
    const after = await chat.cursor("bob");
    await flag(chat, "bob", at(messages, 9));
    await flag(chat, "bob", at(messages, 4));
    await chat.readUpTo("bob", at(messages, 5));
    const [change, ...more] = await chat.changesSince("bob", after);
    expect(more).toEqual([]);
    expect(change).toMatchObject({ receipts: [], messageCount: 7 });
    const { data } = await chat.watch("bob", after).next();
    expect(data?.messageStatusChanged).toMatchObject({
      receipts: [],
      messageCount: 7,
      reset: false,
    });
    expect(await chat.changesSince("carol", after)).toEqual([]);
  });

  it("R33, R26: concern no subscription to one's own messages, nor to others'", async () => {
    const messages = await tenRead();
    await chat.say("bob");
    const after = await chat.cursor("bob");
    const own = chat.watch("bob", after, { sentByViewer: true });
    const others = chat.watch("carol", after);
    await flag(chat, "bob", at(messages, 1));
    const last = await chat.say("bob");
    await chat.readUpTo("carol", last);
    for (const events of [own, others]) {
      const { data } = await events.next();
      expect(data?.messageStatusChanged.receipts).not.toEqual([]);
    }
  });
});

describe("R35: silent messages", () => {
  it("R35: have receipts like any other, and are never unread", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    const { message } = await chat.send("alice", {
      body: "carol joined",
      countsAsUnread: false,
      mentionsAll: true,
    });
    await chat.say("alice");
    expect(message.seq).toBe(2);
    expect(await unreadOf(chat, "bob")).toEqual({
      unreadCount: 2,
      unreadMentionCount: 0,
      firstUnread: 1,
      unread: [1, 3],
    });
    await chat.read("bob", message);
    expect(await chat.counts("alice", message)).toMatchObject({
      summaryText: "Read",
    });
    await flag(chat, "bob", message);
    expect((await unreadOf(chat, "bob")).unread).toEqual([1, 3]);
    const { data } = await chat.ask<{ message: unknown }>(
      "bob",
      `query ($id: ID!) { message(id: $id) { countsAsUnread isUnread mentionsViewer } }`,
      { id: message.id },
    );
    expect(data?.message).toEqual({
      countsAsUnread: false,
      isUnread: false,
      mentionsViewer: true,
    });
  });

  it("R35: one that is deleted is taken out once", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    const silent = { countsAsUnread: false };
    const { message } = await chat.send("alice", silent);
    await chat.send("alice", silent);
    await chat.delete("alice", message);
    expect(await chat.unread("bob")).toBe(1);
  });

  it("R35, R36, R17: are fixed at sending, and part of what a repeat must have in common", async () => {
    await chat.conversation("alice", "bob");
    const first = {
      clientId: "c1",
      body: "hi",
      countsAsUnread: false,
      mentionedUserIds: [chat.id("bob"), chat.id("carol")],
    };
    await chat.send("alice", first);
    const again = {
      ...first,
      mentionedUserIds: [chat.id("carol"), chat.id("bob"), chat.id("bob")],
    };
    expect(await chat.send("alice", again)).toMatchObject({ duplicate: true });
    for (const other of [
      { ...first, countsAsUnread: true },
      { ...first, mentionedUserIds: [chat.id("bob")] },
      { ...first, mentionsAll: true },
      { clientId: "c1", body: "hi" },
    ])
      expect(codeOf(await chat.trySend("alice", other))).toBe("CONFLICT");
  });
});

describe("R36: mentions", () => {
  it("R36: count while the message is unread for the one mentioned", async () => {
    await chat.conversation("alice", "bob", "carol");
    const mentioned = [chat.id("bob"), chat.id("alice"), chat.id("nobody")];
    await chat.say("alice");
    const { message } = await chat.send("alice", {
      body: "@bob",
      mentionedUserIds: mentioned,
    });
    await chat.send("alice", {
      body: "@all @bob",
      mentionsAll: true,
      mentionedUserIds: [chat.id("bob")],
    });
    const counts = async () =>
      Promise.all(
        ["alice", "bob", "carol"].map(
          async (name) => (await unreadOf(chat, name)).unreadMentionCount,
        ),
      );
    expect(await counts()).toEqual([0, 2, 1]);
    expect(await badgeOf(chat, "bob")).toMatchObject({
      unreadCount: 3,
      unreadMentionCount: 2,
    });
    await chat.read("bob", message);
    expect(await counts()).toEqual([0, 1, 1]);
    await flag(chat, "bob", message);
    expect(await counts()).toEqual([0, 2, 1]);
    await chat.delete("alice", message);
    expect(await counts()).toEqual([0, 1, 1]);
  });

  it("R36, R1: whoever comes later is not mentioned, by name or with all", async () => {
    await chat.conversation("alice", "bob");
    const { message } = await chat.send("alice", {
      mentionsAll: true,
      mentionedUserIds: [chat.id("carol")],
    });
    await chat.add("alice", "carol");
    await chat.say("alice");
    expect(await unreadOf(chat, "carol")).toMatchObject({
      unreadCount: 1,
      unreadMentionCount: 0,
    });
    const mentions = async (name: string) =>
      (
        await chat.get<{ message: { mentionsViewer: boolean } | null }>(
          name,
          `query ($id: ID!) { message(id: $id) { mentionsViewer } }`,
          { id: message.id },
        )
      ).message?.mentionsViewer;
    expect(await mentions("bob")).toBe(true);
    expect(await mentions("alice")).toBe(false);
    expect(await mentions("carol")).toBeUndefined();
  });

  it("R29: 100 are taken, and one more is BAD_USER_INPUT", async () => {
    await chat.conversation("alice", "bob");
    const ids = Array.from({ length: 101 }, (_, i) => `user${i}`);
    await chat.send("alice", { mentionedUserIds: ids.slice(0, 100) });
    const answer = await chat.trySend("alice", { mentionedUserIds: ids });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "mentionedUserIds"],
    });
    expect(await chat.unread("bob")).toBe(1);
  });
});

it("R15: deleted messages hold back neither `readUpToSeq` nor `deliveredUpToSeq`", async () => {
  await chat.conversation("alice", "bob");
  const messages = await chat.sayMany("alice", 4);
  await chat.read("bob", at(messages, 1));
  await chat.read("bob", at(messages, 3));
  expect(await chat.participant("alice", "bob")).toMatchObject({
    deliveredUpToSeq: 1,
    readUpToSeq: 1,
  });
  await chat.delete("alice", at(messages, 2));
  expect(await chat.participant("alice", "bob")).toMatchObject({
    deliveredUpToSeq: 3,
    readUpToSeq: 3,
  });
  await chat.delete("alice", at(messages, 4));
  expect(await chat.participant("bob", "bob")).toMatchObject({
    deliveredUpToSeq: 4,
    readUpToSeq: 4,
  });
});
