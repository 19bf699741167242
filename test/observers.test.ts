import { describe, expect, it } from "vitest";
import { codeOf, dataOf } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

const server = serverForFile();
const chat = chatForEachTest(server);

/** The names of a message's recipients, as Alice sees them. */
async function recipientsOf(message: { id: string }): Promise<string[]> {
  const all = await chat.recipients("alice", message as never);
  return all.map(({ name }) => name);
}

describe("R39: an observer", () => {
  it("is nobody's recipient, sees, sends, and has an unread count", async () => {
    await chat.conversationWith(["alice", "bob"], { observers: ["bot"] });
    const hello = await chat.say("alice");
    expect(await recipientsOf(hello)).toEqual(["bob"]);
    expect(await chat.unread("bot")).toBe(1);
    const answer = await chat.say("bot");
    expect(await recipientsOf(answer)).toEqual(["alice", "bob"]);
    await chat.readUpTo("bot", answer);
    expect(await chat.unread("bot")).toBe(0);
    expect(await chat.counts("alice", hello)).toMatchObject({
      ...{ totalRecipients: 1, deliveredCount: 0, summaryText: "Sent" },
    });
    expect(await chat.participant("alice", "bot")).toMatchObject({
      ...{ participation: "OBSERVER", role: "MEMBER" },
    });
  });

  it("completes messages by becoming one, and subscribers are told", async () => {
    await chat.conversation("alice", "bob", "carol");
    const hello = await chat.say("alice");
    await chat.read("bob", hello);
    const events = chat.watch("alice", await chat.cursor("alice"));
    await chat.setParticipation("alice", "carol", "OBSERVER");
    const { messageStatusChanged: change } = dataOf(await events.next());
    expect(change.receipts).toEqual([]);
    expect(change.messages.map(({ status }) => status.summaryText)).toEqual([
      "Read",
    ]);
  });

  it("is told of their own marks on their other devices, and nobody else is", async () => {
    await chat.conversationWith(["alice", "bob"], { observers: ["bot"] });
    const hello = await chat.say("alice");
    const cursor = await chat.cursor("alice");
    const own = chat.watch("bot", await chat.cursor("bot"));
    const others = chat.watch("alice", cursor);
    await chat.read("bot", hello);
    const { messageStatusChanged: change } = dataOf(await own.next());
    expect(change.receipts.map(({ kind }) => kind)).toEqual(["READ"]);
    expect(change.receipts[0]?.participant.readUpToSeq).toBe(1);
    expect(change.messages[0]?.status.totalRecipients).toBe(1);
    await others.expectSilence(300);
    expect(await chat.changesSince("alice", cursor)).toEqual([]);
    expect(await chat.participant("alice", "bot")).toMatchObject({
      // Nothing was for the bot, so nothing holds it back (R15).
      ...{ deliveredUpToSeq: 1, readUpToSeq: 1 },
    });
  });

  it("made a recipient, counts for what was sent to them as one, and what they marked meanwhile stays theirs", async () => {
    await chat.conversation("alice", "bob", "carol");
    const before = await chat.say("alice");
    await chat.setParticipation("alice", "carol", "OBSERVER");
    const meanwhile = await chat.say("alice");
    await chat.readUpTo("carol", meanwhile);
    expect(await recipientsOf(before)).toEqual(["bob"]);
    const cursor = await chat.cursor("alice");
    await chat.setParticipation("alice", "carol", "RECIPIENT");
    const after = await chat.say("alice");
    expect(await recipientsOf(before)).toEqual(["bob", "carol"]);
    expect(await recipientsOf(meanwhile)).toEqual(["bob"]);
    expect(await recipientsOf(after)).toEqual(["bob", "carol"]);
    expect(await chat.recipient("alice", before, "carol")).toMatchObject({
      ...{ state: "PENDING", deliveredAt: null, readAt: null },
    });
    expect(await chat.recipient("carol", before, "carol")).toMatchObject({
      state: "READ",
    });
    const changes = await chat.changesSince("alice", cursor);
    expect(changes.flatMap(({ receipts }) => receipts)).toEqual([]);
    expect(
      changes.flatMap(({ messages }) => messages.map(({ seq }) => seq)),
    ).toEqual([1]);
    await chat.read("carol", after);
    expect(await chat.counts("alice", after)).toMatchObject({ readCount: 1 });
    expect(await chat.participant("alice", "carol")).toMatchObject({
      readUpToSeq: 0,
    });
  });

  it("leaves and comes back as an observer without a word of any message", async () => {
    await chat.conversationWith(["alice", "bob"], { observers: ["bot"] });
    await chat.say("alice");
    const cursor = await chat.cursor("alice");
    await chat.leave("bot");
    await chat.get(
      "bob",
      `mutation ($input: AddParticipantsInput!) {
        addParticipants(input: $input) { added { participation } }
      }`,
      {
        input: {
          ...{ conversationId: chat.conversationId, participation: "OBSERVER" },
          userIds: [chat.id("bot")],
        },
      },
    );
    expect(await chat.changesSince("alice", cursor)).toEqual([]);
    const next = await chat.say("alice");
    expect(await recipientsOf(next)).toEqual(["bob"]);
  });

  it("of whom one change tells that they became one and left is told of by that", async () => {
    await chat.conversation("alice", "bob", "carol");
    await chat.say("alice");
    await chat.leave("bob");
    await chat.say("alice");
    await chat.add("alice", "bob");
    await chat.say("alice");
    const cursor = await chat.cursor("alice");
    await chat.setParticipation("alice", "bob", "OBSERVER");
    await chat.leave("bob");
    const changes = await chat.changesSince("alice", cursor);
    expect(
      changes.flatMap(({ messages }) => messages.map(({ seq }) => seq)),
    ).toEqual([3, 1]);
  });

  it("R58: becomes an owner only where nobody else is left", async () => {
    await chat.conversationWith(["alice"], { observers: ["bot"] });
    await chat.add("alice", "bob");
    await chat.leave("alice");
    expect((await chat.participant("bob", "bob")).role).toBe("OWNER");
    await chat.leave("bob");
    expect((await chat.participant("bot", "bot")).role).toBe("OWNER");
  });
});

it("R28: owners and service tokens say who observes; to members it is FORBIDDEN, to others NOT_FOUND", async () => {
  await chat.conversation("alice", "bob");
  const tries = async (by: string, name: string) =>
    codeOf(await chat.trySetParticipation(by, name, "OBSERVER"));
  expect(await tries("bob", "bob")).toBe("FORBIDDEN");
  expect(await tries("bob", "nobody")).toBe("FORBIDDEN");
  expect(await tries("carol", "bob")).toBe("NOT_FOUND");
  expect(await tries("alice", "nobody")).toBe("NOT_FOUND");
  await chat.setParticipation("alice", "alice", "OBSERVER");
  expect(await chat.participant("bob", "alice")).toMatchObject({
    ...{ role: "OWNER", participation: "OBSERVER" },
  });
});
