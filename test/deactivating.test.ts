import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf, dataOf } from "./support/chat.js";
import {
  chatForEachTest,
  databaseForFile,
  serverForFile,
} from "./support/for-file.js";

// A user who leaves everywhere at once, and comes back.

const database = databaseForFile();
const server = serverForFile(() => ({ DATABASE_URL: database.url }));
const chat = chatForEachTest(server);

let sql: postgres.Sql;
beforeAll(() => {
  sql = postgres(database.url, { max: 4, onnotice: () => undefined });
});
afterAll(() => sql.end());

type Move = "deactivateUser" | "reactivateUser";

/** The host app decides on somebody; returns the answer with its errors. */
const tryTo = (move: Move, name: string) =>
  chat.askAsService<Record<string, { conversationCount: number }>>(
    `mutation ($userId: ID!) { ${move}(input: { userId: $userId }) { conversationCount } }`,
    { userId: chat.id(name) },
  );
const count = async (move: Move, name: string) =>
  dataOf(await tryTo(move, name))[move]?.conversationCount;
const deactivate = (name: string) => count("deactivateUser", name);
const reactivate = (name: string) => count("reactivateUser", name);

const addDocument = `mutation ($input: AddParticipantsInput!) {
  addParticipants(input: $input) { added { user { id } } }
}`;
const createDocument = `mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } }
}`;

describe("R40: a deactivated user", () => {
  it("leaves everywhere, and what that completes is told", async () => {
    const first = await chat.conversation("alice", "bob", "carol");
    const second = await chat.conversation("bob", "carol");
    chat.conversationId = first;
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const events = chat.watch("alice", await chat.cursor("alice"));

    expect(await deactivate("carol")).toBe(2);

    const { messageStatusChanged: change } = dataOf(await events.next());
    expect(change).toMatchObject({ receipts: [], reset: false });
    expect(change.messages.map(({ id }) => id)).toEqual([message.id]);
    expect(await chat.counts("alice", message)).toMatchObject({
      overallStatus: "READ",
      summaryText: "Read",
      totalRecipients: 1,
    });
    for (const id of [first, second]) {
      chat.conversationId = id;
      expect(
        (await chat.participants("bob")).map(({ name }) => name),
      ).not.toContain("carol");
      expect(await chat.messages("carol")).toBeNull();
    }
  });

  it("is added by nobody, and makes nothing", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("bob");
    await deactivate("bob");
    const input = {
      conversationId: chat.conversationId,
      userIds: [chat.id("dora"), chat.id("bob")],
    };
    for (const answer of [
      await chat.ask("alice", addDocument, { input }),
      await chat.askAsService(addDocument, { input }),
    ]) {
      expect(codeOf(answer)).toBe("FORBIDDEN");
      expect(answer.errors?.[0]?.extensions?.["argumentPath"]).toEqual([
        ...["input", "userIds"],
        1,
      ]);
    }
    // Nothing was stored of the others either.
    expect(await chat.participants("alice")).toHaveLength(1);
    const create = (name: string, ...others: string[]) =>
      chat.ask(name, createDocument, {
        input: { participantIds: others.map((each) => chat.id(each)) },
      });
    expect(codeOf(await create("bob", "alice"))).toBe("FORBIDDEN");
    const withBob = await create("alice", "dora", "bob");
    expect(codeOf(withBob)).toBe("FORBIDDEN");
    expect(withBob.errors?.[0]?.extensions?.["argumentPath"]).toEqual([
      ...["input", "participantIds"],
      1,
    ]);
    expect(codeOf(await chat.trySend("bob"))).toBe("NOT_FOUND");
    expect(await reactivate("bob")).toBe(1);
    expect(dataOf(await create("bob", "alice"))).toBeTruthy();
  });

  it("need not be known before: nobody can bring them in", async () => {
    await chat.conversation("alice", "bob");
    expect(await deactivate("stranger")).toBe(0);
    const input = {
      conversationId: chat.conversationId,
      userIds: [chat.id("stranger")],
    };
    expect(codeOf(await chat.ask("alice", addDocument, { input }))).toBe(
      "FORBIDDEN",
    );
  });

  it("comes back as R2 has it: to what was sent in either stay, and to nothing between", async () => {
    await chat.conversation("alice", "bob", "carol");
    const before = await chat.say("alice");
    await chat.read("bob", before);
    await deactivate("carol");
    const between = await chat.say("alice");
    expect(await reactivate("carol")).toBe(1);
    const after = await chat.say("alice");
    expect(await chat.counts("alice", before)).toMatchObject({
      totalRecipients: 2,
      readCount: 1,
    });
    expect(await chat.counts("alice", between)).toMatchObject({
      totalRecipients: 1,
    });
    expect(await chat.counts("alice", after)).toMatchObject({
      totalRecipients: 2,
    });
    expect(await chat.unread("carol")).toBe(2);
    expect((await chat.messages("carol"))?.map(({ seq }) => seq)).toEqual([
      1, 3,
    ]);
  });

  it("comes back into nothing that they had left themselves", async () => {
    const left = await chat.conversation("alice", "bob");
    await chat.leave("bob");
    await chat.conversation("alice", "bob");
    expect(await deactivate("bob")).toBe(1);
    expect(await deactivate("bob")).toBe(0);
    expect(await reactivate("bob")).toBe(1);
    expect(await reactivate("bob")).toBe(0);
    chat.conversationId = left;
    expect(await chat.messages("bob")).toBeNull();
  });

  it("is decided on by the host app alone", async () => {
    await chat.conversation("alice", "bob");
    for (const move of ["deactivateUser", "reactivateUser"]) {
      const answer = await chat.ask(
        "alice",
        `mutation ($userId: ID!) { ${move}(input: { userId: $userId }) { conversationCount } }`,
        { userId: chat.id("bob") },
      );
      expect(codeOf(answer)).toBe("FORBIDDEN");
    }
  });
});
