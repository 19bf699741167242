import { describe, expect, it } from "vitest";
import { codeOf, dataOf, type Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

const server = serverForFile();
const chat = chatForEachTest(server);

const silent = {
  overallStatus: "SENT",
  totalRecipients: 0,
  deliveredCount: 0,
  readCount: 0,
  summaryText: "Sent",
};

/** The names of the recipients that somebody is shown. */
async function listed(viewer: string, message: Message): Promise<string[]> {
  return (await chat.recipients(viewer, message)).map(({ name }) => name);
}

describe("R42: COUNTS", () => {
  it("tells how many have read, and nobody but the reader who", async () => {
    await chat.conversationWith(["alice", "bob", "carol", "dave"], {
      receiptPolicy: "COUNTS",
    });
    const message = await chat.say("alice");
    const cursor = await chat.cursor("alice");
    const watched = (name: string) => chat.watch(name, cursor);
    const alice = watched("alice");
    const bob = watched("bob");
    const carol = watched("carol");
    await chat.read("bob", message);

    for (const events of [alice, carol]) {
      const { messageStatusChanged: change } = dataOf(await events.next());
      expect(change.receipts).toEqual([]);
      expect(change.messages[0]?.status.summaryText).toBe("Read by 1 of 3");
    }
    const { messageStatusChanged: own } = dataOf(await bob.next());
    expect(own.receipts).toMatchObject([{ kind: "READ", fromSeq: 1 }]);
    expect(await listed("alice", message)).toEqual([]);
    expect(await listed("bob", message)).toEqual(["bob"]);
    expect(await listed("carol", message)).toEqual(["carol"]);
    expect(await chat.participant("alice", "bob")).toMatchObject({
      ...{ deliveredUpToSeq: 0, readUpToSeq: null },
    });
    expect(await chat.participant("bob", "bob")).toMatchObject({
      ...{ deliveredUpToSeq: 1, readUpToSeq: 1 },
    });
    expect(await chat.unread("bob")).toBe(0);
  });

  it("R44: counts a hidden read as delivered", async () => {
    await chat.conversationWith(["alice", "bob", "carol", "dave"], {
      receiptPolicy: "COUNTS",
    });
    await chat.hideReads("bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    expect(await chat.counts("alice", message)).toMatchObject({
      summaryText: "Delivered to 1 of 3",
    });
  });

  it("R43: with fewer than three recipients it is as OFF, also where somebody leaves, and that is told", async () => {
    await chat.conversationWith(["alice", "bob", "carol", "dave"], {
      receiptPolicy: "COUNTS",
    });
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const cursor = await chat.cursor("alice");
    await chat.leave("dave");
    expect(await chat.counts("alice", message)).toEqual(silent);
    const [change] = await chat.changesSince("alice", cursor);
    expect(change?.messages.map(({ status }) => status)).toMatchObject([
      silent,
    ]);
    const after = await chat.cursor("alice");
    await chat.read("carol", message);
    expect(await chat.changesSince("alice", after)).toEqual([]);
    await chat.add("alice", "dave");
    expect(await chat.counts("alice", message)).toMatchObject({
      summaryText: "Read by 2 of 3",
    });
  });

  it("R43: a message by an observer to three counts, and one among the three does not", async () => {
    await chat.conversationWith(["alice", "bob", "carol"], {
      ...{ observers: ["bot"], receiptPolicy: "COUNTS" },
    });
    const [mine, its] = [await chat.say("alice"), await chat.say("bot")];
    const cursor = await chat.cursor("alice");
    await chat.readUpTo("bob", its);
    expect(await chat.counts("alice", mine)).toEqual(silent);
    expect(await chat.counts("alice", its)).toMatchObject({
      summaryText: "Read by 1 of 3",
    });
    const changes = await chat.changesSince("alice", cursor);
    expect(
      changes.flatMap(({ messages }) => messages.map(({ seq }) => seq)),
    ).toEqual([its.seq]);
  });
});

describe("R42: OFF", () => {
  it("tells nobody but the recipient of anything", async () => {
    await chat.conversationWith(["alice", "bob", "carol", "dave"], {
      receiptPolicy: "OFF",
    });
    const message = await chat.say("alice");
    const cursor = await chat.cursor("alice");
    const others = ["alice", "carol"].map((name) => chat.watch(name, cursor));
    const own = chat.watch("bob", cursor);
    await chat.read("bob", message);
    const { messageStatusChanged: change } = dataOf(await own.next());
    expect(change.receipts).toMatchObject([{ kind: "READ", toSeq: 1 }]);
    expect(change.messages[0]?.status).toMatchObject({ summaryText: "Read" });
    for (const events of others) await events.expectSilence(300);

    expect(await chat.counts("alice", message)).toEqual(silent);
    expect(await listed("alice", message)).toEqual([]);
    expect(await chat.counts("carol", message)).toMatchObject({
      ...{ totalRecipients: 1, readCount: 0 },
    });
    expect(await chat.counts("bob", message)).toMatchObject({
      ...{ totalRecipients: 1, readCount: 1, overallStatus: "READ" },
    });
    expect(await listed("bob", message)).toEqual(["bob"]);
    expect(await chat.participant("alice", "bob")).toMatchObject({
      ...{ deliveredUpToSeq: 0, readUpToSeq: null },
    });
    expect(await chat.changesSince("carol", cursor)).toEqual([]);
    expect(await chat.unread("bob")).toBe(0);
  });

  it("R39: tells the devices of a user who becomes an observer that their own entries are gone, and nobody else", async () => {
    await chat.conversationWith(["alice", "bob", "carol"], {
      receiptPolicy: "OFF",
    });
    await chat.say("alice");
    const cursor = await chat.cursor("alice");
    const [own, others] = [
      chat.watch("bob", cursor),
      chat.watch("carol", cursor),
    ];
    await chat.setParticipation("alice", "bob", "OBSERVER");
    const { messageStatusChanged: change } = dataOf(await own.next());
    expect(change).toMatchObject({
      receipts: [],
      messages: [{ seq: 1, status: silent }],
    });
    await others.expectSilence(300);
    const changes = async (name: string) =>
      (await chat.changesSince(name, cursor)).map(({ messageCount }) =>
        Number(messageCount),
      );
    expect(await changes("bob")).toEqual([1]);
    expect(await changes("carol")).toEqual([]);
    await chat.setParticipation("alice", "bob", "RECIPIENT");
    expect(dataOf(await own.next()).messageStatusChanged).toMatchObject({
      messages: [{ seq: 1, status: { totalRecipients: 1 } }],
    });
  });

  it("still tells that a message was deleted", async () => {
    await chat.conversationWith(["alice", "bob"], { receiptPolicy: "OFF" });
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const cursor = await chat.cursor("alice");
    await chat.delete("alice", message);
    const told = async (name: string) =>
      (await chat.changesSince(name, cursor)).map(({ messages }) =>
        messages.map(({ status }) => status.summaryText),
      );
    expect(await told("alice")).toEqual([["Sent"]]);
    expect(await told("bob")).toEqual([["Read"]]);
  });
});

describe("R42: a policy that changes reveals and hides nothing of before", () => {
  it("each message keeps the policy that it was sent under", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const messages: Message[] = [];
    for (const policy of ["FULL", "COUNTS", "OFF", "FULL"] as const) {
      await chat.setPolicy("alice", policy);
      messages.push(await chat.say("alice"));
    }
    await chat.readUpTo("bob", messages[3] as Message);
    const shown = await Promise.all(
      messages.map(async (message) => ({
        summary: (await chat.counts("alice", message)).summaryText,
        read: await chat
          .recipients("alice", message, "READ")
          .then((all) => all.map(({ name }) => name)),
      })),
    );
    expect(shown).toEqual([
      { summary: "Read by 1 of 3", read: ["bob"] },
      { summary: "Read by 1 of 3", read: [] },
      { summary: "Sent", read: [] },
      { summary: "Read by 1 of 3", read: ["bob"] },
    ]);
    // Of the messages under FULL, 1 and 4.
    expect((await chat.participant("alice", "bob")).readUpToSeq).toBe(4);
    const { conversation } = await chat.get<{
      conversation: {
        receiptPolicy: string;
        messages: { nodes: { status: { receiptPolicy: string } }[] };
      };
    }>(
      "bob",
      `query ($id: ID!) { conversation(id: $id) {
        receiptPolicy messages(first: 10) { nodes { status { receiptPolicy } } }
      } }`,
      { id: chat.conversationId },
    );
    expect(conversation.receiptPolicy).toBe("FULL");
    expect(
      conversation.messages.nodes.map(({ status }) => status.receiptPolicy),
    ).toEqual(["FULL", "COUNTS", "OFF", "FULL"]);
  });

  it("the example of decision 36: who sees what, before and after", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const cursor = await chat.cursor("alice");
    const messages: Message[] = [];
    for (const policy of ["FULL", "COUNTS", "OFF"] as const) {
      await chat.setPolicy("alice", policy);
      messages.push(await chat.say("alice"));
    }
    await chat.readUpTo("bob", messages[2] as Message);
    const summaries = (name: string) =>
      Promise.all(
        messages.map(async (message) => {
          const counts = await chat.counts(name, message);
          return `${counts.summaryText}, of ${String(counts.totalRecipients)}`;
        }),
      );
    const lists = (name: string) =>
      Promise.all(messages.map((message) => listed(name, message)));
    const everybody = ["bob", "carol", "dave"];
    const look = async () => ({
      alice: await summaries("alice"),
      bob: await summaries("bob"),
      carol: await summaries("carol"),
      listed: await lists("alice"),
      listedToBob: await lists("bob"),
      ofBob: (await chat.participant("alice", "bob")).readUpToSeq,
    });
    const before = {
      alice: ["Read by 1 of 3, of 3", "Read by 1 of 3, of 3", "Sent, of 0"],
      bob: ["Read by 1 of 3, of 3", "Read by 1 of 3, of 3", "Read, of 1"],
      carol: ["Read by 1 of 3, of 3", "Read by 1 of 3, of 3", "Sent, of 1"],
      listed: [everybody, [], []],
      listedToBob: [everybody, ["bob"], ["bob"]],
      ofBob: 1,
    };
    expect(await look()).toEqual(before);
    const own = (await chat.changesSince("bob", cursor)).flatMap(
      ({ receipts }) => receipts,
    );
    expect(own).toMatchObject([{ kind: "READ", fromSeq: 1, toSeq: 3 }]);
    await chat.setPolicy("alice", "FULL");
    expect(await look()).toEqual(before);
    await chat.leave("dave");
    expect(await summaries("alice")).toEqual([
      ...["Read by 1 of 2, of 2", "Sent, of 0", "Sent, of 0"],
    ]);
  });

  it("one event over all of them shows receipts of FULL, changes of COUNTS, nothing of OFF", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const cursor = await chat.cursor("alice");
    let last: Message | null = null;
    for (const policy of ["FULL", "COUNTS", "OFF"] as const) {
      await chat.setPolicy("alice", policy);
      last = await chat.say("alice");
    }
    await chat.readUpTo("bob", last as Message);
    const [change] = await chat.changesSince("alice", cursor);
    expect(change).toMatchObject({
      messageCount: 2,
      receipts: [{ fromSeq: 1, toSeq: 1 }],
      messages: [{ seq: 2 }, { seq: 1 }],
    });
  });
});

it("R28: owners and service tokens change title and policy; to members it is FORBIDDEN, to others NOT_FOUND", async () => {
  await chat.conversation("alice", "bob");
  const tries = async (by: string) =>
    codeOf(await chat.tryToUpdate(by, { receiptPolicy: "OFF" }));
  expect(await tries("bob")).toBe("FORBIDDEN");
  expect(await tries("carol")).toBe("NOT_FOUND");
  const update = async (input: Record<string, unknown>) =>
    chat.askAsService<{ updateConversation: { conversation: unknown } }>(
      `mutation ($input: UpdateConversationInput!) {
        updateConversation(input: $input) { conversation { title receiptPolicy } }
      }`,
      { input: { conversationId: chat.conversationId, ...input } },
    );
  const changed = async (input: Record<string, unknown>) =>
    (await update(input)).data?.updateConversation.conversation;
  expect(await changed({ title: "Plans", receiptPolicy: "COUNTS" })).toEqual({
    ...{ title: "Plans", receiptPolicy: "COUNTS" },
  });
  expect(await changed({})).toMatchObject({ title: "Plans" });
  expect(await changed({ title: null, receiptPolicy: null })).toEqual({
    ...{ title: null, receiptPolicy: "COUNTS" },
  });
  expect(codeOf(await update({ title: "x".repeat(257) }))).toBe(
    "BAD_USER_INPUT",
  );
});
