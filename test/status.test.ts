import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

const server = serverForFile();
const chat = chatForEachTest(server);

const rfc3339Milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Waits until the clock has left an instant behind: a time that was set anew would differ from it. */
async function clockPasses(instant: string | null): Promise<void> {
  while (Date.now() <= Date.parse(instant ?? "")) await delay(1);
}

describe("R6: per recipient PENDING, DELIVERED, READ, and never back", () => {
  it("R6: a message nobody has is pending, without times", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    expect(await chat.recipients("alice", message)).toEqual([
      {
        name: "bob",
        state: "PENDING",
        statusText: "Pending",
        deliveredAt: null,
        readAt: null,
      },
    ]);
  });

  it("R6: goes from pending to delivered to read", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.receive("bob", message);
    const delivered = await chat.recipient("alice", message, "bob");
    expect(delivered).toMatchObject({
      state: "DELIVERED",
      statusText: "Delivered",
      readAt: null,
    });
    expect(delivered.deliveredAt).toMatch(rfc3339Milliseconds);
    await clockPasses(delivered.deliveredAt);
    await chat.read("bob", message);
    const read = await chat.recipient("alice", message, "bob");
    expect(read).toMatchObject({
      state: "READ",
      statusText: "Read",
      deliveredAt: delivered.deliveredAt,
    });
    expect(Date.parse(read.readAt ?? "")).toBeGreaterThan(
      Date.parse(delivered.deliveredAt ?? ""),
    );
  });

  it("R6: read without a delivery is delivered at the same time", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const read = await chat.recipient("alice", message, "bob");
    expect(read.state).toBe("READ");
    expect(read.readAt).toMatch(rfc3339Milliseconds);
    expect(read.deliveredAt).toBe(read.readAt);
    expect(await chat.counts("alice", message)).toMatchObject({
      deliveredCount: 1,
      readCount: 1,
    });
  });

  it("R6: a delivery reported after the reading changes nothing", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const read = await chat.recipient("alice", message, "bob");
    await clockPasses(read.readAt);
    expect(await chat.receive("bob", message)).toMatchObject({
      changed: false,
    });
    expect(await chat.receiveUpTo("bob", message)).toMatchObject({
      changed: false,
    });
    expect(await chat.recipient("alice", message, "bob")).toEqual(read);
  });

  it("R6: in a bulk read each message keeps the delivery that was reported of it", async () => {
    await chat.conversation("alice", "bob");
    const [first, second, third] = await three("alice");
    await chat.receive("bob", second);
    const reported = await chat.recipient("alice", second, "bob");
    await clockPasses(reported.deliveredAt);
    await chat.readUpTo("bob", third);
    const [one, two, three_] = await recipientOf("bob", first, second, third);
    expect(two?.deliveredAt).toBe(reported.deliveredAt);
    expect(two?.readAt).not.toBe(reported.deliveredAt);
    expect(one?.deliveredAt).toBe(one?.readAt);
    expect(three_?.deliveredAt).toBe(three_?.readAt);
    expect(one?.readAt).toBe(two?.readAt);
  });
});

describe("R7: the first time stands", () => {
  it.each(["receive", "read", "receiveUpTo", "readUpTo"] as const)(
    "R7: a repeated %s says changed: false and changes no time",
    async (mark) => {
      await chat.conversation("alice", "bob");
      const message = await chat.say("alice");
      expect(await chat[mark]("bob", message)).toMatchObject({ changed: true });
      const first = await chat.recipient("alice", message, "bob");
      await clockPasses(first.readAt ?? first.deliveredAt);
      expect(await chat[mark]("bob", message)).toMatchObject({
        changed: false,
      });
      expect(await chat.recipient("alice", message, "bob")).toEqual(first);
    },
  );

  it("R7: a bulk mark leaves alone the times of what was marked before it", async () => {
    await chat.conversation("alice", "bob");
    const [first, second, third] = await three("alice");
    await chat.read("bob", second);
    const before = await chat.recipient("alice", second, "bob");
    await clockPasses(before.readAt);
    expect(await chat.readUpTo("bob", third)).toMatchObject({ changed: true });
    expect(await chat.recipient("alice", second, "bob")).toEqual(before);
    const [one, , last] = await recipientOf("bob", first, second, third);
    expect(one?.readAt).not.toBe(before.readAt);
    expect(last?.readAt).toBe(one?.readAt);
  });

  it("R7: times are the server's: no earlier than the asking, no later than the answer", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const asked = Date.now();
    await chat.read("bob", message);
    const answered = Date.now();
    const { readAt } = await chat.recipient("alice", message, "bob");
    expect(Date.parse(readAt ?? "")).toBeGreaterThanOrEqual(asked - 1);
    expect(Date.parse(readAt ?? "")).toBeLessThanOrEqual(answered + 1);
  });
});

describe("R8: one mark, one message; a bulk mark, all up to it", () => {
  it("R8: markRead touches its message and neither neighbour", async () => {
    await chat.conversation("alice", "bob");
    const [first, second, third] = await three("alice");
    await chat.read("bob", second);
    expect(await statesOf("bob", first, second, third)).toEqual([
      "PENDING",
      "READ",
      "PENDING",
    ]);
    expect(await chat.unread("bob")).toBe(2);
  });

  it("R8: markDelivered touches its message and neither neighbour", async () => {
    await chat.conversation("alice", "bob");
    const [first, second, third] = await three("alice");
    await chat.receive("bob", second);
    expect(await statesOf("bob", first, second, third)).toEqual([
      "PENDING",
      "DELIVERED",
      "PENDING",
    ]);
  });

  it("R8: marking up to 10 while 12 exist leaves the unread count at 2", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 12);
    await chat.readUpTo("bob", nth(messages, 10));
    expect(await chat.unread("bob")).toBe(2);
    expect(await statesOf("bob", ...messages)).toEqual([
      ...Array<string>(10).fill("READ"),
      "PENDING",
      "PENDING",
    ]);
  });

  it("R8: bulkMarkDelivered delivers up to its message and reads nothing", async () => {
    await chat.conversation("alice", "bob");
    const [first, second, third] = await three("alice");
    await chat.receiveUpTo("bob", second);
    expect(await statesOf("bob", first, second, third)).toEqual([
      "DELIVERED",
      "DELIVERED",
      "PENDING",
    ]);
    expect(await chat.unread("bob")).toBe(3);
  });

  it("R8: a bulk mark up to an older message than the last one changes nothing and takes nothing back", async () => {
    await chat.conversation("alice", "bob");
    const [first, second, third] = await three("alice");
    await chat.readUpTo("bob", third);
    expect(await chat.readUpTo("bob", first)).toMatchObject({ changed: false });
    expect(await statesOf("bob", first, second, third)).toEqual([
      "READ",
      "READ",
      "READ",
    ]);
  });

  it("R8: a mark is the marker's alone", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.readUpTo("bob", message);
    expect(await chat.recipient("alice", message, "carol")).toMatchObject({
      state: "PENDING",
    });
    expect(await chat.unread("carol")).toBe(1);
  });

  it("R8: a bulk mark stays in its conversation", async () => {
    await chat.conversation("alice", "bob");
    const elsewhere = await chat.say("alice");
    await chat.conversation("alice", "bob");
    const here = await chat.say("alice");
    await chat.readUpTo("bob", here);
    expect(await chat.recipient("alice", elsewhere, "bob")).toMatchObject({
      state: "PENDING",
    });
  });

  it("R8: a bulk mark up to a message of another conversation is NOT_FOUND and marks nothing", async () => {
    await chat.conversation("alice", "bob");
    const elsewhere = await chat.say("alice");
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    await expect(chat.readUpTo("bob", elsewhere)).rejects.toThrow("NOT_FOUND");
    expect(await chat.unread("bob")).toBe(1);
    expect(await chat.recipient("alice", elsewhere, "bob")).toMatchObject({
      state: "PENDING",
    });
  });

  it("R8: syncReceipts marks one message, or with upTo all up to it", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 6);
    const { syncReceipts } = await chat.get<{
      syncReceipts: { results: { changed: boolean; error: string | null }[] };
    }>(
      "bob",
      `mutation ($receipts: [ReceiptInput!]!) {
        syncReceipts(input: { receipts: $receipts }) { results { changed error } }
      }`,
      {
        receipts: [
          { messageId: nth(messages, 2).id, kind: "READ", upTo: true },
          { messageId: nth(messages, 4).id, kind: "DELIVERED" },
          { messageId: nth(messages, 6).id, kind: "READ" },
          { messageId: nth(messages, 6).id, kind: "READ" },
        ],
      },
    );
    expect(syncReceipts.results).toEqual([
      { changed: true, error: null },
      { changed: true, error: null },
      { changed: true, error: null },
      { changed: false, error: null },
    ]);
    expect(await statesOf("bob", ...messages)).toEqual([
      "READ",
      "READ",
      "PENDING",
      "DELIVERED",
      "PENDING",
      "READ",
    ]);
  });
});

describe("R11 and R12: the aggregate, and how it reads", () => {
  it("R12: with one recipient: Sent, Delivered, Read", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const seen = [await inShort(message)];
    await chat.receive("bob", message);
    seen.push(await inShort(message));
    await chat.read("bob", message);
    seen.push(await inShort(message));
    expect(seen).toEqual([
      "SENT 0/0/1 Sent",
      "DELIVERED 1/0/1 Delivered",
      "READ 1/1/1 Read",
    ]);
  });

  it("R11: with three recipients: SENT, PARTIAL, DELIVERED, READ, counted at each step", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    const seen = [await inShort(message)];
    for (const name of ["bob", "carol", "dave"]) {
      await chat.receive(name, message);
      seen.push(await inShort(message));
    }
    for (const name of ["bob", "carol", "dave"]) {
      await chat.read(name, message);
      seen.push(await inShort(message));
    }
    expect(seen).toEqual([
      "SENT 0/0/3 Sent",
      "PARTIAL 1/0/3 Delivered to 1 of 3",
      "PARTIAL 2/0/3 Delivered to 2 of 3",
      "DELIVERED 3/0/3 Delivered to all",
      "DELIVERED 3/1/3 Read by 1 of 3",
      "DELIVERED 3/2/3 Read by 2 of 3",
      "READ 3/3/3 Read by all",
    ]);
  });

  it("R12: some read goes before all or some delivered", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    expect(await inShort(message)).toBe("PARTIAL 1/1/3 Read by 1 of 3");
    await chat.receive("carol", message);
    expect(await inShort(message)).toBe("PARTIAL 2/1/3 Read by 1 of 3");
  });

  it("R11: every participant is told the same aggregate", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const seen = await Promise.all(
      ["alice", "bob", "carol"].map((name) => chat.counts(name, message)),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  it("R11: `state` keeps the recipients in exactly that state", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    await chat.receive("bob", message);
    await chat.read("carol", message);
    const inState = async (state: string) =>
      (await chat.recipients("alice", message, state)).map(({ name }) => name);
    expect(await inState("PENDING")).toEqual(["dave"]);
    expect(await inState("DELIVERED")).toEqual(["bob"]);
    expect(await inState("READ")).toEqual(["carol"]);
  });

  it("R11: pages of recipients hold each recipient once, by user id, with the total", async () => {
    const people = ["bob", "carol", "dave", "erin", "frank"];
    await chat.conversation("alice", ...people);
    const message = await chat.say("alice");
    interface Page {
      message: {
        status: {
          recipients: {
            totalCount: number;
            nodes: { user: { id: string } }[];
            pageInfo: { hasNextPage: boolean; endCursor: string | null };
          };
        };
      };
    }
    const seen: string[] = [];
    let after: string | null = null;
    let hasNextPage = true;
    while (hasNextPage) {
      const page: Page = await chat.get<Page>(
        "alice",
        `query ($id: ID!, $after: Cursor) {
          message(id: $id) { status { recipients(first: 2, after: $after) {
            totalCount nodes { user { id } } pageInfo { hasNextPage endCursor }
          } } }
        }`,
        { id: message.id, after },
      );
      const { nodes, pageInfo, totalCount } = page.message.status.recipients;
      expect(totalCount).toBe(5);
      seen.push(...nodes.map(({ user }) => chat.nameOf(user.id)));
      after = pageInfo.endCursor;
      hasNextPage = pageInfo.hasNextPage;
    }
    expect(seen).toEqual(people);
  });
});

describe("R13: a deleted message", () => {
  it("R13: keeps its status and place, and loses its body", async () => {
    await chat.conversation("alice", "bob", "carol");
    await chat.say("alice", "one");
    const message = await chat.say("alice", "two");
    await chat.say("alice", "three");
    await chat.read("bob", message);
    const counts = await chat.counts("alice", message);
    const recipients = await chat.recipients("alice", message);
    const deleted = await chat.delete("alice", message);
    expect(deleted).toMatchObject({ id: message.id, seq: 2, body: null });
    expect(deleted.deletedAt).toMatch(rfc3339Milliseconds);
    expect(await chat.hears("bob")).toEqual(["one", null, "three"]);
    expect(await chat.counts("alice", message)).toEqual(counts);
    expect(await chat.recipients("alice", message)).toEqual(recipients);
  });

  it("R13: no longer counts as unread, once", async () => {
    await chat.conversation("alice", "bob");
    const [, second, third] = await three("alice");
    expect(await chat.unread("bob")).toBe(3);
    await chat.delete("alice", second);
    await chat.delete("alice", second);
    expect(await chat.unread("bob")).toBe(2);
    await chat.readUpTo("bob", third);
    expect(await chat.unread("bob")).toBe(0);
  });

  it("R13: takes marks like any other", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.delete("alice", message);
    expect(await chat.receive("bob", message)).toMatchObject({ changed: true });
    expect(await inShort(message)).toBe("DELIVERED 1/0/1 Delivered");
    expect(await chat.read("bob", message)).toMatchObject({ changed: true });
    expect(await inShort(message)).toBe("READ 1/1/1 Read");
  });

  it("R13: keeps its first time of deletion", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const first = await chat.delete("alice", message);
    await clockPasses(first.deletedAt);
    expect(await chat.delete("alice", message)).toEqual(first);
  });

  it("R13: subscribers of status are told by a change without receipts that lists it", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const events = chat.watch("bob", await chat.cursor("bob"));
    await chat.delete("alice", message);
    const { data } = await events.next();
    expect(data?.messageStatusChanged).toMatchObject({
      receipts: [],
      messageCount: 1,
      messages: [
        {
          id: message.id,
          body: null,
          status: { overallStatus: "READ", summaryText: "Read" },
        },
      ],
    });
    events.stop();
  });

  it("R13: only its sender may delete it", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("bob");
    await expect(chat.delete("alice", message)).rejects.toThrow("FORBIDDEN");
    expect(await chat.hears("alice")).toEqual([message.body]);
  });
});

describe("R14: unreadCount is exact", () => {
  it("R14: counts others' messages, never one's own", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    await chat.say("bob");
    await chat.say("alice");
    expect(await chat.unread("alice")).toBe(1);
    expect(await chat.unread("bob")).toBe(2);
  });

  it("R14: one's own messages in the middle of what is read up to do not count twice", async () => {
    await chat.conversation("alice", "bob");
    for (let i = 0; i < 3; i++) {
      await chat.say("alice");
      await chat.say("bob");
    }
    const [, , third] = (await chat.messages("bob")) ?? [];
    await chat.readUpTo("bob", present(third));
    expect(await chat.unread("bob")).toBe(1);
  });

  it("R14: reading singly and out of order, receiving, deleting: each counts for what it is", async () => {
    await chat.conversation("alice", "bob", "carol");
    const messages = await chat.sayMany("alice", 10);
    await chat.say("bob");
    await chat.say("carol");
    await chat.read("bob", nth(messages, 7));
    await chat.read("bob", nth(messages, 3));
    await chat.read("bob", nth(messages, 3));
    await chat.receiveUpTo("bob", nth(messages, 10));
    await chat.delete("alice", nth(messages, 3));
    await chat.delete("alice", nth(messages, 5));
    // Of 11 by others: 3 and 7 read, 5 deleted.
    expect(await chat.unread("bob")).toBe(8);
    await chat.readUpTo("bob", nth(messages, 6));
    // 8, 9, 10 and carol's.
    expect(await chat.unread("bob")).toBe(4);
  });

  it("R14: the viewer's total is the sum over the conversations they are in", async () => {
    await chat.conversation("alice", "bob");
    const [first] = await three("alice");
    await chat.read("bob", first);
    await chat.conversation("carol", "bob");
    await chat.say("carol");
    await chat.conversation("dave", "bob");
    await chat.say("dave");
    await chat.leave("bob");
    const { viewer, conversations } = await chat.get<{
      viewer: { unreadCount: number };
      conversations: { nodes: { unreadCount: number }[] };
    }>(
      "bob",
      "{ viewer { unreadCount } conversations { nodes { unreadCount } } }",
    );
    expect(viewer.unreadCount).toBe(3);
    expect(conversations.nodes.map(({ unreadCount }) => unreadCount)).toEqual([
      1, 2,
    ]);
  });

  it("R14: what was sent before somebody joined is not unread for them", async () => {
    await chat.conversation("alice", "bob");
    await three("alice");
    await chat.add("alice", "carol");
    expect(await chat.unread("carol")).toBe(0);
    await chat.say("alice");
    expect(await chat.unread("carol")).toBe(1);
  });

  it("R14: a user's unread count is told to that user alone", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const { message: seen } = await chat.get<{
      message: { sender: { unreadCount: null; readReceipts: null } };
    }>(
      "bob",
      "query ($id: ID!) { message(id: $id) { sender { unreadCount readReceipts } } }",
      { id: message.id },
    );
    expect(seen.sender).toEqual({ unreadCount: null, readReceipts: null });
  });
});

describe("R15: deliveredUpToSeq and readUpToSeq", () => {
  it("R15: are 0 where the first message for them is not acknowledged", async () => {
    await chat.conversation("alice", "bob");
    const [, second, third] = await three("alice");
    await chat.read("bob", second);
    await chat.read("bob", third);
    expect(await upTo("bob")).toEqual([0, 0]);
  });

  it("R15: are 0 in a conversation without messages", async () => {
    await chat.conversation("alice", "bob");
    expect(await upTo("bob")).toEqual([0, 0]);
  });

  it("R15: reach up to the first gap, and jump when it is closed", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 5);
    await chat.readUpTo("bob", nth(messages, 2));
    await chat.read("bob", nth(messages, 4));
    expect(await upTo("bob")).toEqual([2, 2]);
    await chat.receive("bob", nth(messages, 3));
    expect(await upTo("bob")).toEqual([4, 2]);
    await chat.read("bob", nth(messages, 3));
    expect(await upTo("bob")).toEqual([4, 4]);
  });

  it("R15: one's own messages do not hold them back", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("bob");
    const second = await chat.say("alice");
    await chat.say("bob");
    await chat.say("bob");
    const fifth = await chat.say("alice");
    expect(await upTo("bob")).toEqual([1, 1]);
    await chat.read("bob", second);
    expect(await upTo("bob")).toEqual([4, 4]);
    await chat.receive("bob", fifth);
    expect(await upTo("bob")).toEqual([5, 4]);
  });

  it("R15: messages that were not for them do not hold them back", async () => {
    await chat.conversation("alice", "bob");
    await three("alice");
    await chat.add("alice", "carol");
    await chat.say("alice");
    const fifth = await chat.say("alice");
    expect(await upTo("carol")).toEqual([3, 3]);
    await chat.readUpTo("carol", fifth);
    expect(await upTo("carol")).toEqual([5, 5]);
  });

  it("R15: a stay away does not hold them back", async () => {
    await chat.conversation("alice", "bob");
    const [, , third] = await three("alice");
    await chat.readUpTo("bob", third);
    await chat.leave("bob");
    await three("alice");
    await chat.add("alice", "bob");
    await chat.say("alice");
    expect(await upTo("bob")).toEqual([6, 6]);
  });

  it("R15: others and the viewer's own membership tell the same", async () => {
    await chat.conversation("alice", "bob");
    const [first, second] = await three("alice");
    await chat.receiveUpTo("bob", second);
    await chat.read("bob", first);
    const { conversation } = await chat.get<{
      conversation: {
        viewerParticipant: { deliveredUpToSeq: number; readUpToSeq: number };
      };
    }>(
      "bob",
      `query ($id: ID!) {
        conversation(id: $id) { viewerParticipant { deliveredUpToSeq readUpToSeq } }
      }`,
      { id: chat.conversationId },
    );
    expect(conversation.viewerParticipant).toEqual({
      deliveredUpToSeq: 2,
      readUpToSeq: 1,
    });
    expect(await upTo("bob")).toEqual([2, 1]);
  });
});

async function three(name: string): Promise<[Message, Message, Message]> {
  return [await chat.say(name), await chat.say(name), await chat.say(name)];
}

/** The message with that place in the list, counted from 1. */
function nth(messages: readonly Message[], place: number): Message {
  return present(messages[place - 1]);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("there is none");
  return value;
}

/** How one recipient stands with each message, as alice sees it. */
function recipientOf(name: string, ...messages: Message[]) {
  return Promise.all(
    messages.map((message) => chat.recipient("alice", message, name)),
  );
}

async function statesOf(
  name: string,
  ...messages: Message[]
): Promise<string[]> {
  return (await recipientOf(name, ...messages)).map(({ state }) => state);
}

/** Status, delivered/read/total and summary, as alice sees them. */
async function inShort(message: Message): Promise<string> {
  const { overallStatus, deliveredCount, readCount, ...rest } =
    await chat.counts("alice", message);
  return `${overallStatus} ${deliveredCount}/${readCount}/${rest.totalRecipients} ${rest.summaryText}`;
}

/** Up to where somebody has received and read, as alice sees it. */
async function upTo(name: string): Promise<[number, number | null]> {
  const { deliveredUpToSeq, readUpToSeq } = await chat.participant(
    "alice",
    name,
  );
  return [deliveredUpToSeq, readUpToSeq];
}
