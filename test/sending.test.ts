import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { codeOf, dataOf, sendDocument, type Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

const server = serverForFile();
const chat = chatForEachTest(server);

describe("R4: the sender is never a recipient", () => {
  it("R4: of a message of their own", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    expect(
      (await chat.recipients("alice", message)).map(({ name }) => name),
    ).toEqual(["bob"]);
  });

  it("R4: marking one's own message changes nothing and is no error", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const before = await chat.cursor("alice");
    expect(await chat.receive("alice", message)).toMatchObject({
      changed: false,
    });
    expect(await chat.read("alice", message)).toMatchObject({ changed: false });
    expect(await chat.receiveUpTo("alice", message)).toMatchObject({
      changed: false,
    });
    expect(await chat.readUpTo("alice", message)).toMatchObject({
      changed: false,
    });
    expect(await chat.counts("alice", message)).toMatchObject({
      overallStatus: "SENT",
      deliveredCount: 0,
      readCount: 0,
      totalRecipients: 1,
    });
    expect(await chat.changesSince("bob", before)).toEqual([]);
  });

  it("R4: a bulk mark over one's own messages counts none of them", async () => {
    await chat.conversation("alice", "bob");
    const own = await chat.say("bob");
    const others = await chat.say("alice");
    const last = await chat.say("bob");
    const before = await chat.cursor("alice");
    expect(await chat.readUpTo("bob", last)).toMatchObject({ changed: true });
    for (const message of [own, last])
      expect(await chat.counts("alice", message)).toMatchObject({
        overallStatus: "SENT",
        totalRecipients: 1,
        readCount: 0,
      });
    expect(await chat.counts("alice", others)).toMatchObject({
      overallStatus: "READ",
    });
    const [change] = await chat.changesSince("alice", before);
    expect(change).toMatchObject({ messageCount: 1 });
    expect(change?.messages.map(({ id }) => id)).toEqual([others.id]);
  });

  it("R4: syncReceipts takes marks on one's own messages and changes nothing", async () => {
    await chat.conversation("alice", "bob");
    const { id: messageId } = await chat.say("alice");
    const { syncReceipts } = await chat.get<{
      syncReceipts: { results: unknown[] };
    }>(
      "alice",
      `mutation ($receipts: [ReceiptInput!]!) {
        syncReceipts(input: { receipts: $receipts }) { results { changed error } }
      }`,
      {
        receipts: [
          { messageId, kind: "READ" },
          { messageId, kind: "DELIVERED", upTo: true },
        ],
      },
    );
    expect(syncReceipts.results).toEqual([
      { changed: false, error: null },
      { changed: false, error: null },
    ]);
  });
});

describe("R16: sendMessage is the 'sent' acknowledgement", () => {
  it("R16: when it answers, the message is in the database with its seq", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice", "durable");
    const elsewhere = postgres(server.databaseUrl, { max: 1 });
    const rows = await elsewhere`
      select seq::int, body, sender_id from messages
      where conversation_id = ${chat.conversationId}`;
    await elsewhere.end();
    expect([...rows]).toEqual([
      { seq: message.seq, body: "durable", sender_id: chat.id("alice") },
    ]);
  });

  it("R16: answers what was stored: all of it, SENT", async () => {
    await chat.conversation("alice", "bob");
    const asked = Date.now();
    const { sendMessage } = await chat.get<{
      sendMessage: {
        duplicate: boolean;
        message: { sentAt: string; status: unknown };
      };
    }>(
      "alice",
      `mutation ($input: SendMessageInput!) {
        sendMessage(input: $input) {
          duplicate
          message {
            clientId seq body type fileType sentAt deletedAt
            sender { id } conversation { id }
            status { overallStatus totalRecipients summaryText }
          }
        }
      }`,
      {
        input: {
          conversationId: chat.conversationId,
          clientId: "a1",
          body: "Grüße, 世界 👋🏽",
          type: "image",
          fileType: "image/png",
        },
      },
    );
    const { sentAt, ...message } = sendMessage.message;
    expect(sendMessage.duplicate).toBe(false);
    expect(message).toEqual({
      clientId: "a1",
      seq: 1,
      body: "Grüße, 世界 👋🏽",
      type: "image",
      fileType: "image/png",
      deletedAt: null,
      sender: { id: chat.id("alice") },
      conversation: { id: chat.conversationId },
      status: {
        overallStatus: "SENT",
        totalRecipients: 1,
        summaryText: "Sent",
      },
    });
    expect(sentAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(sentAt)).toBeGreaterThanOrEqual(asked - 1);
    expect(Date.parse(sentAt)).toBeLessThanOrEqual(Date.now() + 1);
  });

  it("R16: without a body it is stored without one, as text", async () => {
    await chat.conversation("alice", "bob");
    const { message } = await chat.send("alice");
    const seen = await chat.get<{ message: unknown }>(
      "bob",
      "query ($id: ID!) { message(id: $id) { body type fileType } }",
      { id: message.id },
    );
    expect(seen.message).toEqual({ body: null, type: "text", fileType: null });
  });

  it("R16: seqs are 1, 2, 3, … in each conversation for itself", async () => {
    const here = await chat.conversation("alice", "bob");
    const elsewhere = await chat.conversation("alice", "bob");
    const seqs: Record<string, number[]> = { [here]: [], [elsewhere]: [] };
    for (const conversationId of [here, elsewhere, elsewhere, here, here]) {
      const { message } = await chat.send("alice", { conversationId });
      seqs[conversationId]?.push(message.seq);
    }
    expect(seqs).toEqual({ [here]: [1, 2, 3], [elsewhere]: [1, 2] });
  });

  it("R16: what is refused, repeated or deleted leaves no gap", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    await chat.send("bob", { clientId: "b1", body: "hi" });
    await chat.send("bob", { clientId: "b1", body: "hi" });
    await chat.trySend("bob", { clientId: "b1", body: "something else" });
    await chat.trySend("bob", { body: "x".repeat(65_537) });
    await chat.trySend("mallory");
    await chat.trySend("bob", { senderId: chat.id("alice") });
    await chat.delete("alice", first);
    await chat.say("alice");
    expect(seqsOf(await chat.messages("bob"))).toEqual([1, 2, 3]);
  });

  it("R16: 50 sent at once are numbered 1 to 50", async () => {
    await chat.conversation("alice", "bob", "carol");
    const people = ["alice", "bob", "carol"];
    const sent = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        chat.say(people[i % people.length] ?? "alice"),
      ),
    );
    const upTo50 = Array.from({ length: 50 }, (_, i) => i + 1);
    expect(seqsOf(sent).sort((a, b) => a - b)).toEqual(upTo50);
    expect(seqsOf(await chat.messages("alice"))).toEqual(upTo50);
  });
});

describe("R17: the same clientId stores one message", () => {
  it("R17: again returns the first message with duplicate: true", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.send("alice", { clientId: "a1", body: "hi" });
    const second = await chat.send("alice", { clientId: "a1", body: "hi" });
    expect(first.duplicate).toBe(false);
    expect(second).toEqual({ message: first.message, duplicate: true });
    expect(await chat.hears("bob")).toEqual(["hi"]);
  });

  it("R17: a retry after it was read still tells of the same message", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.send("alice", { clientId: "a1", body: "hi" });
    await chat.read("bob", first.message);
    const second = await chat.send("alice", { clientId: "a1", body: "hi" });
    expect(second).toEqual({ message: first.message, duplicate: true });
    expect((await chat.counts("alice", second.message)).overallStatus).toBe(
      "READ",
    );
  });

  it("R17: a retry after deletion is still a duplicate, and brings nothing back", async () => {
    await chat.conversation("alice", "bob");
    const { message } = await chat.send("alice", {
      clientId: "a1",
      body: "hi",
    });
    const deleted = await chat.delete("alice", message);
    expect(await chat.send("alice", { clientId: "a1", body: "hi" })).toEqual({
      message: deleted,
      duplicate: true,
    });
    expect(await chat.hears("bob")).toEqual([null]);
  });

  it("R17: other content after deletion is still CONFLICT", async () => {
    await chat.conversation("alice", "bob");
    const { message } = await chat.send("alice", {
      clientId: "a1",
      body: "hi",
    });
    await chat.delete("alice", message);
    for (const body of ["bye", null])
      expect(
        codeOf(await chat.trySend("alice", { clientId: "a1", body })),
      ).toBe("CONFLICT");
  });

  it.each([
    { what: "another body", change: { body: "bye" } },
    { what: "no body", change: { body: null } },
    { what: "an empty body", change: { body: "" } },
    { what: "another type", change: { type: "image" } },
    { what: "a file type", change: { fileType: "image/png" } },
  ])(
    "R17: with $what it is CONFLICT and stores nothing",
    async ({ change }) => {
      await chat.conversation("alice", "bob");
      const input = { clientId: "a1", body: "hi" };
      await chat.send("alice", input);
      const answer = await chat.trySend("alice", { ...input, ...change });
      expect(codeOf(answer)).toBe("CONFLICT");
      expect(answer.errors?.[0]?.extensions?.["argumentPath"]).toEqual([
        "input",
        "clientId",
      ]);
      expect(await chat.hears("bob")).toEqual(["hi"]);
    },
  );

  it("R17: no body and an empty body are not the same content", async () => {
    await chat.conversation("alice", "bob");
    await chat.send("alice", { clientId: "a1", body: null });
    expect(
      codeOf(await chat.trySend("alice", { clientId: "a1", body: "" })),
    ).toBe("CONFLICT");
  });

  it("R17: type left out and type: text are the same content", async () => {
    await chat.conversation("alice", "bob");
    await chat.send("alice", { clientId: "a1", body: "hi" });
    const again = await chat.send("alice", {
      clientId: "a1",
      body: "hi",
      type: "text",
    });
    expect(again.duplicate).toBe(true);
  });

  it("R17: in another conversation it is another message, and each repeat finds its own", async () => {
    const here = await chat.conversation("alice", "bob");
    const first = await chat.send("alice", { clientId: "a1", body: "hi" });
    const there = await chat.conversation("alice", "carol");
    const second = await chat.send("alice", { clientId: "a1", body: "ho" });
    expect([first.duplicate, second.duplicate]).toEqual([false, false]);
    expect(await chat.hears("carol")).toEqual(["ho"]);
    for (const [id, body, { message }] of [
      [here, "hi", first],
      [there, "ho", second],
    ] as const) {
      chat.conversationId = id;
      expect(await chat.send("alice", { clientId: "a1", body })).toEqual({
        message,
        duplicate: true,
      });
    }
    chat.conversationId = here;
    expect(await chat.hears("bob")).toEqual(["hi"]);
  });

  it("R17: in two conversations at the same moment, both messages are stored and told apart", async () => {
    const ids = [
      await chat.conversation("alice", "bob"),
      await chat.conversation("alice", "bob"),
    ];
    const sent = await Promise.all(
      ids.flatMap((conversationId) =>
        ["hi", "ho"].map((body) =>
          chat.trySend("alice", { conversationId, clientId: "a1", body }),
        ),
      ),
    );
    expect(sent.map(({ errors }) => !errors)).toEqual(
      expect.arrayContaining([true, false]),
    );
    for (const id of ids) {
      chat.conversationId = id;
      expect(await chat.hears("bob")).toHaveLength(1);
    }
  });

  it("R17: is unique per sender: two people may use the same", async () => {
    await chat.conversation("alice", "bob");
    await chat.send("alice", { clientId: "1", body: "from alice" });
    const { duplicate } = await chat.send("bob", {
      clientId: "1",
      body: "from bob",
    });
    expect(duplicate).toBe(false);
    expect(await chat.hears("bob")).toEqual(["from alice", "from bob"]);
  });

  it("R17: at the same moment from two devices, one stores and one is told so", async () => {
    await chat.conversation("alice", "bob");
    const input = { clientId: "a1", body: "hi" };
    const [first, second] = await Promise.all([
      chat.send("alice", input),
      chat.send("alice", input),
    ]);
    expect(first.message).toEqual(second.message);
    expect([first.duplicate, second.duplicate].sort()).toEqual([false, true]);
    expect(await chat.hears("bob")).toEqual(["hi"]);
  });

  it("R17: at the same moment with different content, one is stored and the other is CONFLICT", async () => {
    await chat.conversation("alice", "bob");
    const answers = await Promise.all([
      chat.trySend("alice", { clientId: "a1", body: "yes" }),
      chat.trySend("alice", { clientId: "a1", body: "no" }),
    ]);
    const refused = answers.filter(({ errors }) => errors);
    expect(refused.map(codeOf)).toEqual(["CONFLICT"]);
    const stored = answers.find(({ errors }) => !errors);
    expect(await chat.hears("bob")).toEqual([
      stored?.data?.sendMessage.message.body,
    ]);
  });

  it("R17: a clientId of a refused send is free again", async () => {
    await chat.conversation("alice", "bob");
    const tooLong = "x".repeat(65_537);
    await chat.trySend("alice", { clientId: "a1", body: tooLong });
    const { duplicate } = await chat.send("alice", {
      clientId: "a1",
      body: "short",
    });
    expect(duplicate).toBe(false);
  });
});

describe("senderId: who sends for whom", () => {
  it("a service token sends for any user, who is then the sender", async () => {
    await chat.conversation("alice", "bob");
    const { message } = await sendFor("alice", { body: "by the back end" });
    expect(await chat.hears("bob")).toEqual(["by the back end"]);
    expect(
      (await chat.recipients("bob", message)).map(({ name }) => name),
    ).toEqual(["bob"]);
    expect(await chat.read("alice", message)).toMatchObject({ changed: false });
  });

  it("R17: the back end and the user share the user's clientIds", async () => {
    await chat.conversation("alice", "bob");
    const input = { clientId: "a1", body: "hi" };
    const first = await chat.send("alice", input);
    expect(await sendFor("alice", input)).toEqual({
      message: first.message,
      duplicate: true,
    });
  });

  it("a service token can't send for somebody who is not in the conversation", async () => {
    await chat.conversation("alice", "bob");
    expect(codeOf(await trySendFor("mallory"))).toBe("NOT_FOUND");
    expect(await chat.hears("alice")).toEqual([]);
  });

  it("R28: a user who names another sender is FORBIDDEN, and nothing is stored", async () => {
    await chat.conversation("alice", "bob");
    const answer = await chat.trySend("alice", { senderId: chat.id("bob") });
    expect(codeOf(answer)).toBe("FORBIDDEN");
    expect(await chat.hears("alice")).toEqual([]);
  });
});

describe("R18a: sending marks nothing", () => {
  it("R18a: an answer does not mark what it answers as read or delivered", async () => {
    await chat.conversation("alice", "bob");
    const question = await chat.say("alice", "are you there?");
    await chat.say("bob", "yes");
    expect(await chat.recipient("alice", question, "bob")).toMatchObject({
      state: "PENDING",
    });
    expect(await chat.unread("bob")).toBe(1);
    expect(await chat.participant("alice", "bob")).toMatchObject({
      deliveredUpToSeq: 0,
      readUpToSeq: 0,
    });
  });

  it("R18a: it tells nobody of a change of status", async () => {
    await chat.conversation("alice", "bob");
    const question = await chat.say("alice");
    await chat.read("bob", question);
    const before = await chat.cursor("alice");
    await chat.say("bob");
    await chat.say("alice");
    expect(await chat.changesSince("alice", before)).toEqual([]);
  });

  it("R18a: after having read all, what others say next is unread", async () => {
    await chat.conversation("alice", "bob");
    await chat.readUpTo("bob", await chat.say("alice"));
    await chat.say("bob");
    await chat.say("bob");
    const next = await chat.say("alice");
    await chat.say("bob");
    expect(await chat.unread("bob")).toBe(1);
    expect((await chat.recipient("alice", next, "bob")).state).toBe("PENDING");
  });
});

function trySendFor(name: string, input: Record<string, unknown> = {}) {
  return chat.askAsService<{
    sendMessage: { message: Message; duplicate: boolean };
  }>(sendDocument, {
    input: {
      conversationId: chat.conversationId,
      clientId: randomUUID(),
      senderId: chat.id(name),
      ...input,
    },
  });
}

async function sendFor(name: string, input: Record<string, unknown> = {}) {
  return dataOf(await trySendFor(name, input)).sendMessage;
}

function seqsOf(messages: readonly Message[] | null): number[] {
  return (messages ?? []).map(({ seq }) => seq);
}
