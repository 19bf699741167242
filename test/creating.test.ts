import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "./support/server.js";
import { codeOf, dataOf } from "./support/chat.js";
import {
  chatForEachTest,
  databaseForFile,
  serverForFile,
} from "./support/for-file.js";
import {
  startPostgresProxy,
  type PostgresProxy,
} from "./support/postgres-proxy.js";

const database = databaseForFile();
let proxy: PostgresProxy;
beforeAll(async () => {
  proxy = await startPostgresProxy(database.url);
});
afterAll(() => proxy.close());
const server = serverForFile(() => ({ DATABASE_URL: proxy.url }));
const otherNode = serverForFile(() => ({ DATABASE_URL: database.url }));
const chat = chatForEachTest(server);

interface Created {
  readonly createConversation: {
    readonly conversation: { readonly id: string };
  };
}

const document = `mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } }
}`;

/** Alice makes a conversation with Bob, or as the input says. */
function create(
  input: Record<string, unknown>,
  { by = "alice", through = chat } = {},
): Promise<Answer<Created>> {
  return through.ask(by, document, {
    input: { title: "Oslo", participantIds: [chat.id("bob")], ...input },
  });
}

const idOf = (answer: Answer<Created>) =>
  dataOf(answer).createConversation.conversation.id;

/** The same again for as long as the answer is that it can't be had right now. */
async function retried<T>(
  operation: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  let answer = await operation();
  await expect
    .poll(
      async () => {
        const { errors = [] } = answer;
        if (errors[0]?.extensions?.code !== "UNAVAILABLE") return "answered";
        answer = await operation();
        return "unavailable";
      },
      { timeout: 10_000 },
    )
    .toBe("answered");
  return answer;
}

async function inboxOf(name: string): Promise<string[]> {
  const { conversations } = await chat.get<{
    conversations: { nodes: { id: string }[] };
  }>(name, "{ conversations { nodes { id } } }");
  return conversations.nodes.map(({ id }) => id);
}

const refusal = (answer: Answer<unknown>) => [
  codeOf(answer),
  answer.errors?.[0]?.extensions?.["argumentPath"],
];
const conflictOf = (argument: string) => ["CONFLICT", ["input", argument]];

describe("R28: an answer that is lost after the commit", () => {
  it("R28: the same clientId again finds the conversation that was made", async () => {
    const clientId = randomUUID();
    await chat.get("bob", "{ viewer { id } }");
    const isLost = proxy.loseAnswer("COMMIT\0");
    expect(codeOf(await create({ clientId }))).toBe("UNAVAILABLE");
    expect(isLost()).toBe(true);
    const id = idOf(await retried(() => create({ clientId })));
    expect(idOf(await create({ clientId }))).toBe(id);
    expect(await inboxOf("bob")).toEqual([id]);
  });

  it("R18, R28: leaving again is NOT_FOUND, as for anybody who is not there; so is removing somebody again", async () => {
    await chat.conversation("alice", "bob", "carol");
    const again = async (by: string, name: string) => {
      const isLost = proxy.loseAnswer("COMMIT\0");
      expect(codeOf(await chat.tryToRemove(by, name))).toBe("UNAVAILABLE");
      expect(isLost()).toBe(true);
      return codeOf(await retried(() => chat.tryToRemove(by, name)));
    };
    expect(await again("alice", "carol")).toBe("NOT_FOUND");
    expect(await again("bob", "bob")).toBe("NOT_FOUND");
    expect((await chat.participants("alice")).map(({ name }) => name)).toEqual([
      "alice",
    ]);
  });

  it("R28: adding somebody again adds nobody and is no error", async () => {
    await chat.conversation("alice", "bob");
    const add = () =>
      chat.ask<{ addParticipants: { added: unknown[] } }>(
        "alice",
        `mutation ($input: AddParticipantsInput!) {
          addParticipants(input: $input) { added { id } }
        }`,
        {
          input: {
            conversationId: chat.conversationId,
            userIds: [chat.id("carol")],
          },
        },
      );
    const isLost = proxy.loseAnswer("COMMIT\0");
    expect(codeOf(await add())).toBe("UNAVAILABLE");
    expect(isLost()).toBe(true);
    expect(dataOf(await retried(add)).addParticipants.added).toEqual([]);
  });
});

describe("R28: a clientId makes one conversation for each caller", () => {
  it("R28: at the same moment through two nodes, all find one", async () => {
    const clientId = randomUUID();
    const other = chat.through(otherNode);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        create({ clientId }, { through: i % 2 ? other : chat }),
      ),
    );
    const ids = new Set(answers.map(idOf));
    expect(ids.size).toBe(1);
    expect(await inboxOf("bob")).toEqual([...ids]);
  });

  it("R28: with another title, other people or another id it is CONFLICT; the order of people says nothing", async () => {
    const clientId = randomUUID();
    const people = [chat.id("bob"), chat.id("carol")];
    const made = await create({ clientId, participantIds: people });
    const again = { clientId, participantIds: people.toReversed() };
    expect(idOf(await create(again))).toBe(idOf(made));
    for (const different of [
      { title: "Bergen" },
      { title: null },
      { participantIds: [chat.id("bob")] },
      { id: randomUUID() },
    ])
      expect(refusal(await create({ ...again, ...different }))).toEqual(
        conflictOf("clientId"),
      );
  });

  it("R28: an id and a clientId name the same conversation", async () => {
    const [clientId, id] = [randomUUID(), randomUUID()];
    expect(idOf(await create({ clientId, id }))).toBe(id);
    expect(idOf(await create({ clientId, id }))).toBe(id);
    expect(idOf(await create({ clientId }))).toBe(id);
    expect(idOf(await create({ id }))).toBe(id);
    // Another clientId may name it too, and does so from then on; it may not name what is somebody else's.
    const second = randomUUID();
    expect(idOf(await create({ clientId: second, id }))).toBe(id);
    expect(idOf(await create({ clientId: second }))).toBe(id);
    const third = { clientId: randomUUID(), participantIds: [chat.id("dave")] };
    expect(refusal(await create({ ...third, id }))).toEqual(conflictOf("id"));
    expect(idOf(await create(third))).not.toBe(id);
  });

  it("R28: another caller's clientId is another", async () => {
    const clientId = randomUUID();
    const alices = idOf(await create({ clientId }));
    const bobs = { clientId, participantIds: [chat.id("alice")] };
    expect(idOf(await create(bobs, { by: "bob" }))).not.toBe(alices);
  });

  it("R18: who has left meanwhile is not told that they made it", async () => {
    const clientId = randomUUID();
    chat.conversationId = idOf(await create({ clientId }));
    await chat.leave("alice");
    expect(codeOf(await create({ clientId }))).toBe("NOT_FOUND");
    expect(codeOf(await create({ clientId, title: "Bergen" }))).toBe(
      "NOT_FOUND",
    );
  });

  it("R29: it is an id of 1 to 128 characters", async () => {
    for (const clientId of ["", "x".repeat(129), "a\u0000b"])
      expect(refusal(await create({ clientId }))).toEqual([
        "BAD_USER_INPUT",
        ["input", "clientId"],
      ]);
  });

  it("R28: without an id and a clientId each call makes one: the server can't know a repeat", async () => {
    expect(idOf(await create({}))).not.toBe(idOf(await create({})));
  });
});
