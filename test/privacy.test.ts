import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { codeOf, type Message, type StatusChange } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import { unsentMessageId } from "./support/message-ids.js";
import type { Answer, Events } from "./support/server.js";

const server = serverForFile();
const chat = chatForEachTest(server);

/** An answer but for where in the document its errors are. */
function looks({ data, errors }: Answer<unknown>) {
  return {
    data,
    errors: errors?.map(({ message, extensions }) => ({ message, extensions })),
  };
}

/** The id that somebody who knows ids could make up for a message with that number. */
function messageIdAt(conversationId: string, seq: number): string {
  return unsentMessageId({ conversationId, seq });
}

describe("R18: unknown and forbidden look the same", () => {
  /** What Mallory tries: on a conversation and message that are not hers, and on ones that don't exist. */
  const attempts: { what: string; document: string }[] = [
    {
      what: "conversation",
      document:
        "query ($c: ID!, $m: ID!) { conversation(id: $c) { title } message(id: $m) { body } }",
    },
    {
      what: "statusChanges",
      document:
        "query ($c: ID!, $after: Cursor!) { statusChanges(after: $after, conversationId: $c) { endCursor } }",
    },
    ...[
      "addParticipants(input: { conversationId: $c, userIds: [$u] }) { conversation { id } }",
      "removeParticipant(input: { conversationId: $c, userId: $u }) { conversation { id } }",
      'sendMessage(input: { conversationId: $c, clientId: "m1", body: "hi" }) { duplicate }',
      "deleteMessage(input: { messageId: $m }) { message { id } }",
      "markDelivered(input: { messageId: $m }) { changed }",
      "markRead(input: { messageId: $m }) { changed }",
      "bulkMarkDelivered(input: { conversationId: $c, upToMessageId: $m }) { changed }",
      "bulkMarkRead(input: { conversationId: $c, upToMessageId: $m }) { changed }",
    ].map((field) => ({
      what: field.slice(0, field.indexOf("(")),
      document: `mutation (${[
        field.includes("$c") ? ["$c: ID!"] : [],
        field.includes("$m") ? ["$m: ID!"] : [],
        field.includes("$u") ? ["$u: ID!"] : [],
      ]
        .flat()
        .join(", ")}) { ${field} }`,
    })),
  ];

  it.each(attempts)(
    "R18: $what answers someone else's id as it answers one that does not exist",
    async ({ what, document }) => {
      await chat.conversation("mallory", "trent");
      const after = await chat.cursor("mallory");
      const theirs = await chat.conversation("alice", "bob");
      const { id } = await chat.say("alice");
      const unknown = randomUUID();
      const onTheirs = await chat.ask("mallory", document, {
        c: theirs,
        m: id,
        u: chat.id("bob"),
        after,
      });
      const onNothing = await chat.ask("mallory", document, {
        c: unknown,
        m: messageIdAt(unknown, 1),
        u: chat.id("bob"),
        after,
      });
      expect(looks(onTheirs)).toEqual(looks(onNothing));
      if (what === "conversation")
        expect(onTheirs).toMatchObject({
          data: { conversation: null, message: null },
        });
      else expect(codeOf(onTheirs)).toBe("NOT_FOUND");
      expect(await chat.hears("alice")).toHaveLength(1);
      expect(await chat.participants("alice")).toHaveLength(2);
    },
  );

  it("R18: a message that is not there yet looks like one that is someone else's", async () => {
    const theirs = await chat.conversation("alice", "bob");
    const { id } = await chat.say("alice");
    const document =
      "mutation ($m: ID!) { markRead(input: { messageId: $m }) { changed } }";
    const answers = [];
    for (const m of [
      id,
      messageIdAt(theirs, 2),
      messageIdAt(theirs, 999_999_999),
      "no id of a message at all",
      "",
    ])
      answers.push(looks(await chat.ask("mallory", document, { m })));
    expect(answers[0]?.errors?.[0]?.extensions).toEqual({ code: "NOT_FOUND" });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it("R18: a participant's mark on a message that is not there yet is NOT_FOUND", async () => {
    const conversationId = await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const future = { ...first, id: messageIdAt(conversationId, 2) };
    expect(await chat.refusalsOfMarks("bob", future)).toEqual(
      Array(4).fill("NOT_FOUND"),
    );
    const second = await chat.say("alice");
    expect((await chat.recipient("alice", second, "bob")).state).toBe(
      "PENDING",
    );
  });

  it("R18: syncReceipts answers both with NOT_FOUND in their places", async () => {
    await chat.conversation("alice", "bob");
    const { id } = await chat.say("alice");
    const { syncReceipts } = await chat.get<{
      syncReceipts: { results: unknown[] };
    }>(
      "mallory",
      `mutation ($receipts: [ReceiptInput!]!) {
        syncReceipts(input: { receipts: $receipts }) { results { changed error } }
      }`,
      {
        receipts: [
          { messageId: id, kind: "READ" },
          { messageId: messageIdAt(randomUUID(), 1), kind: "READ" },
        ],
      },
    );
    expect(syncReceipts.results).toEqual([
      { changed: false, error: "NOT_FOUND" },
      { changed: false, error: "NOT_FOUND" },
    ]);
  });

  it.each(["messageStatusChanged", "messageAdded"])(
    "R18: a subscription to %s answers both with NOT_FOUND",
    async (field) => {
      const theirs = await chat.conversation("alice", "bob");
      const document = `subscription ($id: ID) { ${field}(conversationId: $id) { cursor } }`;
      const refusals = [];
      for (const id of [theirs, randomUUID()]) {
        const events = server
          .connect(chat.id("mallory"))
          .subscribe(document, { id });
        refusals.push(await events.next());
        await events.completed;
      }
      expect(refusals.map(codeOf)).toEqual(["NOT_FOUND", "NOT_FOUND"]);
      expect(refusals[1]).toEqual(refusals[0]);
    },
  );

  it("R18: naming a taken id and its very participants does not let one in", async () => {
    const id = await chat.conversation("alice", "bob");
    const answer = await chat.ask(
      "mallory",
      "mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }",
      { input: { id, participantIds: [chat.id("alice"), chat.id("bob")] } },
    );
    expect(codeOf(answer)).toBe("CONFLICT");
    expect(await chat.participants("alice")).toHaveLength(2);
  });

  it("R18: a cursor of someone else's conversation opens nothing of it", async () => {
    await chat.conversation("alice", "bob");
    const theirCursor = await chat.cursor("alice");
    await chat.readUpTo("bob", await chat.say("alice"));
    await chat.conversation("mallory", "trent");
    const { statusChanges } = await chat.get<{
      statusChanges: { nodes: unknown[] };
    }>(
      "mallory",
      "query ($after: Cursor!) { statusChanges(after: $after) { nodes { messageCount } } }",
      { after: theirCursor },
    );
    expect(statusChanges.nodes).toEqual([]);
  });
});

describe("R19: callers mark for themselves alone", () => {
  it.each([
    ["markRead", "MarkReadInput"],
    ["markDelivered", "MarkDeliveredInput"],
  ])("R19: %s takes no user: the token says who it is", async (field, type) => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    const answer = await chat.ask(
      "carol",
      `mutation ($input: ${type}!) { ${field}(input: $input) { changed } }`,
      { input: { messageId: message.id, userId: chat.id("bob") } },
    );
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect((await chat.counts("alice", message)).summaryText).toBe("Sent");
  });

  it.each([
    "markDelivered(input: { messageId: $m }) { changed }",
    "markRead(input: { messageId: $m }) { changed }",
    "bulkMarkDelivered(input: { conversationId: $c, upToMessageId: $m }) { changed }",
    "bulkMarkRead(input: { conversationId: $c, upToMessageId: $m }) { changed }",
  ])("R19: a service token marks for none: %s", async (field) => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const variables = field.includes("$c") ? "$m: ID!, $c: ID!" : "$m: ID!";
    const answer = await chat.askAsService(
      `mutation (${variables}) { ${field} }`,
      { m: message.id, c: chat.conversationId },
    );
    expect(codeOf(answer)).toBe("FORBIDDEN");
    expect((await chat.counts("alice", message)).summaryText).toBe("Sent");
  });

  it("R19: a service token's syncReceipts marks nothing either", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.askAsService(
      `mutation ($m: ID!) {
        syncReceipts(input: { receipts: [{ messageId: $m, kind: READ }] }) { results { changed error } }
      }`,
      { m: message.id },
    );
    expect((await chat.counts("alice", message)).summaryText).toBe("Sent");
  });
});

describe("R20: what is read with read receipts off shows to others as delivered only", () => {
  it("R20: state, times, counts, summary and readUpToSeq", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.hideReads("bob");
    expect(await chat.read("bob", message)).toMatchObject({ changed: true });
    const seen = await chat.recipient("alice", message, "bob");
    expect(seen).toMatchObject({
      state: "DELIVERED",
      statusText: "Delivered",
      readAt: null,
    });
    expect(seen.deliveredAt).not.toBeNull();
    expect(await chat.counts("alice", message)).toEqual({
      overallStatus: "DELIVERED",
      totalRecipients: 1,
      deliveredCount: 1,
      readCount: 0,
      summaryText: "Delivered",
    });
    expect(await chat.participant("alice", "bob")).toMatchObject({
      deliveredUpToSeq: 1,
      readUpToSeq: 0,
    });
  });

  it("R20: recipients in a state: among the delivered, not among the read", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    await chat.read("carol", message);
    const inState = async (state: string) =>
      (await chat.recipients("alice", message, state)).map(({ name }) => name);
    expect(await inState("READ")).toEqual(["carol"]);
    expect(await inState("DELIVERED")).toEqual(["bob"]);
  });

  it("R20: in a group they count as one who has it and has not read it", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    for (const viewer of ["alice", "carol"])
      expect(await chat.counts(viewer, message)).toEqual({
        overallStatus: "PARTIAL",
        totalRecipients: 3,
        deliveredCount: 1,
        readCount: 0,
        summaryText: "Delivered to 1 of 3",
      });
    await chat.read("carol", message);
    await chat.read("dave", message);
    expect(await chat.counts("alice", message)).toEqual({
      overallStatus: "DELIVERED",
      totalRecipients: 3,
      deliveredCount: 3,
      readCount: 2,
      summaryText: "Read by 2 of 3",
    });
  });

  it("R20: a delivery that was reported before keeps its own time", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.receive("bob", message);
    const before = await chat.recipient("alice", message, "bob");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    expect(await chat.recipient("alice", message, "bob")).toEqual(before);
  });

  it("R20: the reader's own view goes on: unread count, state, time, readUpToSeq", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    await chat.hideReads("bob");
    await chat.read("bob", first);
    expect(await chat.unread("bob")).toBe(1);
    const own = await chat.recipient("bob", first, "bob");
    expect(own.state).toBe("READ");
    expect(own.readAt).not.toBeNull();
    expect(await chat.participant("bob", "bob")).toMatchObject({
      readUpToSeq: 1,
    });
    await chat.readUpTo("bob", second);
    expect(await chat.unread("bob")).toBe(0);
    expect((await chat.counts("bob", first)).readCount).toBe(1);
    expect((await chat.counts("alice", first)).readCount).toBe(0);
  });

  it("R20: every way of reading hides: one, up to, and synced", async () => {
    await chat.conversation("alice", "bob");
    const messages = await chat.sayMany("alice", 4);
    const [first, second, third, fourth] = messages;
    if (!first || !second || !third || !fourth) throw new Error("four");
    await chat.hideReads("bob");
    await chat.read("bob", first);
    await chat.readUpTo("bob", second);
    await chat.get(
      "bob",
      `mutation ($receipts: [ReceiptInput!]!) {
        syncReceipts(input: { receipts: $receipts }) { results { changed } }
      }`,
      {
        receipts: [
          { messageId: fourth.id, kind: "READ" },
          { messageId: third.id, kind: "READ", upTo: true },
        ],
      },
    );
    expect(await chat.unread("bob")).toBe(0);
    for (const message of messages)
      expect((await chat.recipient("alice", message, "bob")).state).toBe(
        "DELIVERED",
      );
  });

  it("R20: what was shown before stays shown", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const before = await chat.recipient("alice", message, "bob");
    await chat.hideReads("bob");
    expect(await chat.recipient("alice", message, "bob")).toEqual(before);
    expect((await chat.counts("alice", message)).summaryText).toBe("Read");
  });

  it("R20: marking it again while it is off takes nothing back", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const before = await chat.recipient("alice", message, "bob");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    await chat.readUpTo("bob", message);
    expect(await chat.recipient("alice", message, "bob")).toEqual(before);
  });

  it("R20: setting it back reveals nothing of it, nor does marking it again", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    const hidden = await chat.recipient("alice", message, "bob");
    await chat.showReads("bob");
    expect(await chat.read("bob", message)).toMatchObject({ changed: false });
    expect(await chat.readUpTo("bob", message)).toMatchObject({
      changed: false,
    });
    expect(await chat.recipient("alice", message, "bob")).toEqual(hidden);
    expect((await chat.counts("alice", message)).summaryText).toBe("Delivered");
    expect((await chat.recipient("bob", message, "bob")).state).toBe("READ");
  });

  it("R20: on, off and on again: only what was read in between is hidden", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    const third = await chat.say("alice");
    await chat.read("bob", first);
    await chat.hideReads("bob");
    await chat.read("bob", second);
    await chat.showReads("bob");
    await chat.read("bob", third);
    const states = [];
    for (const message of [first, second, third])
      states.push((await chat.recipient("alice", message, "bob")).state);
    expect(states).toEqual(["READ", "DELIVERED", "READ"]);
    expect(await chat.participant("alice", "bob")).toMatchObject({
      deliveredUpToSeq: 3,
      readUpToSeq: 1,
    });
    expect(await chat.participant("bob", "bob")).toMatchObject({
      readUpToSeq: 3,
    });
  });

  it("R20: a bulk read once it is on again reveals nothing of what was read while off", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    const third = await chat.say("alice");
    await chat.hideReads("bob");
    await chat.read("bob", second);
    await chat.showReads("bob");
    await chat.readUpTo("bob", third);
    const states = [];
    for (const message of [first, second, third])
      states.push((await chat.recipient("alice", message, "bob")).state);
    expect(states).toEqual(["READ", "DELIVERED", "READ"]);
  });

  it("R20: leaving and coming back reveals nothing of it", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    await chat.leave("bob");
    await chat.showReads("bob");
    await chat.add("alice", "bob");
    expect((await chat.recipient("alice", message, "bob")).state).toBe(
      "DELIVERED",
    );
  });

  it("R20: the host app's back end is an other, too", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    const { data } = await chat.askAsService<{
      message: { status: { summaryText: string } };
      conversation: { participants: { nodes: { readUpToSeq: number }[] } };
    }>(
      `query ($m: ID!, $c: ID!) {
        message(id: $m) { status { summaryText } }
        conversation(id: $c) { participants { nodes { user { id } readUpToSeq } } }
      }`,
      { m: message.id, c: chat.conversationId },
    );
    expect(data?.message.status.summaryText).toBe("Delivered");
    expect(data?.conversation.participants.nodes).toContainEqual({
      user: { id: chat.id("bob") },
      readUpToSeq: 0,
    });
  });

  it("R20: whether somebody hides is told to nobody else", async () => {
    await chat.conversation("alice", "bob");
    await chat.hideReads("bob");
    const { conversation } = await chat.get<{
      conversation: {
        participants: {
          nodes: { user: { id: string; readReceipts: boolean | null } }[];
        };
      };
    }>(
      "alice",
      `query ($id: ID!) {
        conversation(id: $id) { participants { nodes { user { id readReceipts } } } }
      }`,
      { id: chat.conversationId },
    );
    expect(conversation.participants.nodes.map(({ user }) => user)).toEqual([
      { id: chat.id("alice"), readReceipts: true },
      { id: chat.id("bob"), readReceipts: null },
    ]);
  });
});

describe("R20: who hides their reads sees nobody else's", () => {
  it("R20: others' READ shows to them as DELIVERED: state, times, counts, summary, readUpToSeq", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    await chat.hideReads("alice");
    await chat.read("carol", message);
    expect(await chat.counts("alice", message)).toEqual({
      overallStatus: "DELIVERED",
      totalRecipients: 2,
      deliveredCount: 2,
      readCount: 0,
      summaryText: "Delivered to all",
    });
    for (const { state, statusText, readAt } of await chat.recipients(
      "alice",
      message,
    ))
      expect({ state, statusText, readAt }).toEqual({
        state: "DELIVERED",
        statusText: "Delivered",
        readAt: null,
      });
    expect(await chat.recipients("alice", message, "READ")).toEqual([]);
    expect(await chat.participant("alice", "bob")).toMatchObject({
      readUpToSeq: null,
    });
  });

  it("R20: others still see each other's, and what the hider had read before", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    await chat.read("carol", message);
    await chat.hideReads("carol");
    expect((await chat.counts("alice", message)).summaryText).toBe(
      "Read by all",
    );
    expect((await chat.counts("bob", message)).summaryText).toBe("Read by all");
    // Carol sees her own reading, and not Bob's.
    expect((await chat.counts("carol", message)).summaryText).toBe(
      "Read by 1 of 2",
    );
  });

  it("R20: once it is on again they see others' READ, with the times", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.hideReads("alice");
    await chat.read("bob", message);
    expect((await chat.recipient("alice", message, "bob")).readAt).toBeNull();
    await chat.showReads("alice");
    const seen = await chat.recipient("alice", message, "bob");
    expect(seen.state).toBe("READ");
    expect(seen).toEqual(await chat.recipient("bob", message, "bob"));
    expect((await chat.participant("alice", "bob")).readUpToSeq).toBe(1);
  });

  it("R20: two who hide see nothing of each other's reading", async () => {
    await chat.conversation("alice", "bob");
    const fromAlice = await chat.say("alice");
    const fromBob = await chat.say("bob");
    await chat.hideReads("alice");
    await chat.hideReads("bob");
    await chat.read("bob", fromAlice);
    await chat.read("alice", fromBob);
    expect((await chat.counts("alice", fromAlice)).summaryText).toBe(
      "Delivered",
    );
    expect((await chat.counts("bob", fromBob)).summaryText).toBe("Delivered");
    expect((await chat.counts("alice", fromBob)).summaryText).toBe("Read");
    expect(await chat.unread("alice")).toBe(0);
    expect(await chat.unread("bob")).toBe(0);
  });
});

describe("R20: the stream never carries a hidden READ to others", () => {
  /** Nothing of it depends on who asks: results are shared between subscribers. */
  const sharedFields = `cursor reset messageCount
    receipts { kind at fromSeq toSeq participant { user { id } deliveredUpToSeq } }
    messages { id seq status { overallStatus totalRecipients deliveredCount readCount summaryText } }`;

  /** All changes up to the first that lists the message as told. */
  async function changesUntil(
    events: Events<{ messageStatusChanged: StatusChange }>,
    message: Message,
    summaryText: string,
  ): Promise<StatusChange[]> {
    const changes = () =>
      events.all.flatMap(({ data, errors }) => {
        if (errors) throw new Error(JSON.stringify(errors));
        return data ? [data.messageStatusChanged] : [];
      });
    await events.until(() =>
      changes().some(({ messages }) =>
        messages.some(
          ({ id, status }) =>
            id === message.id && status.summaryText === summaryText,
        ),
      ),
    );
    return changes();
  }

  /** Who is said to have read or received what, e.g. `bob READ 1-2`. */
  function told(changes: readonly StatusChange[]): string[] {
    return changes.flatMap(({ receipts }) =>
      receipts.map(
        ({ participant, kind, fromSeq, toSeq }) =>
          `${chat.nameOf(participant.user.id)} ${kind} ${fromSeq}-${toSeq}`,
      ),
    );
  }

  it.each([
    { sharing: "results of their own", fields: undefined },
    { sharing: "shared results", fields: sharedFields },
  ])(
    "R20: a hidden read is a delivery to everyone else, and READ to the reader's other devices ($sharing)",
    async ({ fields }) => {
      await chat.conversation("alice", "bob", "carol");
      const first = await chat.say("alice");
      const second = await chat.say("alice");
      const cursor = await chat.cursor("alice");
      const watch = (name: string) =>
        chat.watch(name, cursor, fields === undefined ? {} : { fields });
      const alice = watch("alice");
      const bob = watch("bob");
      const carol = watch("carol");
      // All three are live once they have this.
      await chat.receive("carol", first);
      for (const events of [alice, bob, carol])
        await changesUntil(events, first, "Delivered to 1 of 2");
      await chat.hideReads("bob");
      await chat.read("bob", first);
      await chat.read("carol", second);
      for (const events of [alice, carol]) {
        const changes = await changesUntil(events, second, "Read by 1 of 2");
        expect(told(changes)).toContain("bob DELIVERED 1-1");
        expect(told(changes).filter((t) => t.startsWith("bob READ"))).toEqual(
          [],
        );
        for (const { messages, receipts } of changes) {
          for (const { id, status } of messages)
            if (id === first.id) expect(status.readCount).toBe(0);
          for (const { participant } of receipts)
            if (chat.nameOf(participant.user.id) === "bob" && !fields)
              expect(participant.readUpToSeq).toBe(0);
        }
      }
      const own = await changesUntil(bob, first, "Read by 1 of 2");
      expect(told(own)).toContain("bob READ 1-1");
      for (const events of [alice, bob, carol]) events.stop();
    },
  );

  it("R20: a hidden read of what was delivered before tells others nothing at all", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    await chat.receive("bob", first);
    await chat.hideReads("bob");
    const events = chat.watch("alice", await chat.cursor("alice"));
    await chat.read("bob", first);
    await chat.receive("bob", second);
    const changes = await changesUntil(events, second, "Delivered");
    expect(told(changes)).toEqual(["bob DELIVERED 2-2"]);
    expect(
      changes.flatMap(({ messages }) => messages.map(({ id }) => id)),
    ).toEqual([second.id]);
    expect(changes.map(({ messageCount }) => messageCount)).toEqual([1]);
    events.stop();
  });

  it("R20: statusChanges tells others of hidden reads as deliveries, or not at all", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    await chat.receive("bob", first);
    await chat.hideReads("bob");
    const cursor = await chat.cursor("alice");
    await chat.read("bob", first);
    expect(await chat.changesSince("alice", cursor)).toEqual([]);
    await chat.readUpTo("bob", second);
    const changes = await chat.changesSince("alice", cursor);
    expect(told(changes)).toEqual(["bob DELIVERED 2-2"]);
    expect(
      changes[0]?.messages.map(({ status }) => status.summaryText),
    ).toEqual(["Delivered"]);
    expect(told(await chat.changesSince("bob", cursor))).toEqual([
      "bob READ 1-1",
      "bob READ 2-2",
    ]);
  });

  it("R20: statusChanges over all conversations keeps it, too", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const cursor = await chat.cursor("alice");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    const { statusChanges } = await chat.get<{
      statusChanges: { nodes: { receipts: { kind: string }[] }[] };
    }>(
      "alice",
      "query ($after: Cursor!) { statusChanges(after: $after) { nodes { receipts { kind } } } }",
      { after: cursor },
    );
    expect(statusChanges.nodes.flatMap(({ receipts }) => receipts)).toEqual([
      { kind: "DELIVERED" },
    ]);
  });

  it("R20: setting it back brings no READ of it to those who resume from before", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    const cursor = await chat.cursor("alice");
    await chat.hideReads("bob");
    await chat.read("bob", first);
    await chat.showReads("bob");
    await chat.read("bob", second);
    const events = chat.watch("alice", cursor);
    const changes = await changesUntil(events, second, "Read");
    expect(told(changes)).toContain("bob READ 2-2");
    expect(told(changes)).not.toContain("bob READ 1-1");
    expect(told(changes)).not.toContain("bob READ 1-2");
    for (const { messages } of changes)
      for (const { id, status } of messages)
        if (id === first.id) expect(status.summaryText).toBe("Delivered");
    events.stop();
  });

  it.each([
    { sharing: "results of their own", fields: undefined },
    { sharing: "shared results", fields: sharedFields },
  ])(
    "R20: who turns it off while they watch gets others' READ as DELIVERED from then on ($sharing)",
    async ({ fields }) => {
      await chat.conversation("alice", "bob", "carol");
      const first = await chat.say("alice");
      const second = await chat.say("alice");
      const cursor = await chat.cursor("alice");
      const watch = (name: string) =>
        chat.watch(name, cursor, fields === undefined ? {} : { fields });
      const alice = watch("alice");
      const carol = watch("carol");
      await chat.read("bob", first);
      for (const events of [alice, carol])
        await changesUntil(events, first, "Read by 1 of 2");
      await chat.hideReads("alice");
      await chat.read("bob", second);
      const seenByAlice = await changesUntil(
        alice,
        second,
        "Delivered to 1 of 2",
      );
      const seenByCarol = await changesUntil(carol, second, "Read by 1 of 2");
      expect(told(seenByAlice)).toEqual(["bob READ 1-1", "bob DELIVERED 2-2"]);
      expect(told(seenByCarol)).toContain("bob READ 2-2");
      alice.stop();
      carol.stop();
    },
  );

  it("R20: with sentByViewer, too", async () => {
    await chat.conversation("alice", "bob", "carol");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    await chat.hideReads("bob");
    const events = chat.watch("alice", await chat.cursor("alice"), {
      sentByViewer: true,
    });
    await chat.readUpTo("bob", second);
    await chat.read("carol", second);
    const changes = await changesUntil(events, second, "Read by 1 of 2");
    expect(told(changes).filter((t) => t.startsWith("bob"))).toEqual([
      "bob DELIVERED 1-2",
    ]);
    for (const { messages } of changes)
      for (const { id, status } of messages)
        if (id === first.id) expect(status.readCount).toBe(0);
    events.stop();
  });
});

describe("R20: whoever switches read receipts", () => {
  it("is told by each of their subscriptions to status, once, that all is to be read anew", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const cursor = await chat.cursor("alice");
    const one = chat.watch("alice", cursor);
    const other = chat.watch("alice", cursor, { sentByViewer: true });
    const all = server.connect(chat.id("alice")).subscribe<{
      messageStatusChanged: { reset: boolean };
    }>("subscription ($after: Cursor) { messageStatusChanged(after: $after) { reset } }", { after: cursor });
    const bobs = chat.watch("bob", cursor);
    // Each is open once it has told of this.
    await chat.receive("carol", message);
    for (const events of [one, other, all, bobs]) await events.next();

    await chat.hideReads("alice");
    for (const events of [one, other, all])
      expect((await events.next()).data?.messageStatusChanged.reset).toBe(true);
    // The same once more is no switch.
    await chat.hideReads("alice");
    await chat.read("carol", message);
    await bobs.next();
    await one.expectSilence(300);
    expect((await chat.counts("alice", message)).readCount).toBe(0);

    await chat.showReads("alice");
    for (const events of [one, other, all])
      expect((await events.next()).data?.messageStatusChanged.reset).toBe(true);
    for (const events of [one, other, all, bobs])
      await events.expectSilence(200);
  });
});
