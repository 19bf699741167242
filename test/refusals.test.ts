import { readFile } from "node:fs/promises";
import { buildSchema, findBreakingChanges } from "graphql";
import { describe, expect, it } from "vitest";
import type { Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";

// What is looked at first, what a refusal names, and what those who may see much may not see.

const server = serverForFile();
const chat = chatForEachTest(server);

const participantsOf = `participants(first: 10) { totalCount nodes { id user { id } readUpToSeq } }`;

describe("R28: who asks is looked at before what is asked", () => {
  const tooLong = "x".repeat(129);
  it.each([
    ["conversations", "{ conversations(first: 101) { nodes { id } } }"],
    [
      "statusChanges",
      `{ statusChanges(after: "x", first: 1000) { endCursor } }`,
    ],
    [
      "removeParticipant",
      `mutation { removeParticipant(input: { conversationId: "${tooLong}", userId: "u" }) { conversation { id } } }`,
    ],
    [
      "addParticipants",
      `mutation { addParticipants(input: { conversationId: "", userIds: [] }) { conversation { id } } }`,
    ],
    [
      "syncReceipts",
      `mutation { syncReceipts(input: { receipts: [${`{ messageId: "x", kind: READ }`.repeat(501)}] }) { results { changed } } }`,
    ],
  ])("%s", async (_, query) => {
    const { errors } = await server.post({}, { query });
    expect(errors?.[0]?.extensions?.code).toBe("UNAUTHENTICATED");
  });
});

describe("R28: the argument is named to the item", () => {
  it.each([
    [
      "createConversation(input: { participantIds: $ids }) { conversation { id } }",
      ["input", "participantIds", 1],
    ],
    [
      'addParticipants(input: { conversationId: "c", userIds: $ids }) { conversation { id } }',
      ["input", "userIds", 1],
    ],
  ])("%s", async (mutation, argumentPath) => {
    const { errors } = await chat.ask(
      "alice",
      `mutation ($ids: [ID!]!) { ${mutation} }`,
      { ids: ["good", "", "good as well"] },
    );
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath,
    });
  });

  it("R18: an id that nothing can be called is one that there is not, also where something is sent", async () => {
    const { errors } = await chat.ask(
      "alice",
      `mutation { sendMessage(input: { conversationId: "", clientId: "c", body: "b" }) { duplicate } }`,
    );
    expect(errors?.[0]?.extensions?.code).toBe("NOT_FOUND");
  });

  it("R28: a message in another's name is FORBIDDEN where one is, and NOT_FOUND where one is not", async () => {
    await chat.conversation("alice", "bob");
    const codeFor = async (name: string) => {
      const { errors } = await chat.ask(
        name,
        `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }`,
        {
          input: {
            conversationId: chat.conversationId,
            clientId: "c",
            senderId: chat.id("bob"),
          },
        },
      );
      return errors?.[0]?.extensions?.code;
    };
    expect(await codeFor("alice")).toBe("FORBIDDEN");
    expect(await codeFor("mallory")).toBe("NOT_FOUND");
    expect(await chat.hears("alice")).toEqual([]);
  });

  it("R29: a body far too long is named as one, over HTTP and over a socket, which stays open", async () => {
    await chat.conversation("alice", "bob");
    const query = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }`;
    const input = {
      conversationId: chat.conversationId,
      clientId: "long",
      body: "x".repeat(1_000_000),
    };
    const refusal = {
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "body"],
    };
    const overHttp = await chat.ask("alice", query, { input });
    expect(overHttp.errors?.[0]?.extensions).toMatchObject(refusal);
    const socket = server.connect(chat.id("alice"));
    for (let i = 0; i < 2; i++) {
      const overSocket = await socket.execute(query, { input });
      expect(overSocket.errors?.[0]?.extensions).toMatchObject(refusal);
    }
  });

  it("R29: 10,000 participants with long ids are a conversation", async () => {
    const ids = Array.from({ length: 9_999 }, (_, i) =>
      `${i}`.padEnd(100, "-"),
    );
    const answer = await chat.ask<{
      createConversation: {
        conversation: { participants: { totalCount: number } };
      };
    }>(
      "alice",
      `mutation ($ids: [ID!]!) {
        createConversation(input: { participantIds: $ids }) {
          conversation { participants(first: 1) { totalCount } }
        }
      }`,
      { ids },
    );
    expect(answer.data?.createConversation.conversation).toEqual({
      participants: { totalCount: 10_000 },
    });
  });
});

describe("what those may see who may see much", () => {
  it("R20: a service token whose subject is a user sees no more of their reads than others", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const after = await chat.cursor("alice");
    await chat.hideReads("bob");
    await chat.read("bob", message);
    const token = await server.token(chat.id("bob"), { isService: true });
    const { data } = await server.post<{
      statusChanges: { nodes: { receipts: { kind: string }[] }[] };
      conversation: {
        participants: {
          nodes: { user: { id: string }; readUpToSeq: number }[];
        };
      };
    }>(
      { authorization: `Bearer ${token}` },
      {
        query: `query ($id: ID!, $after: Cursor!) {
          statusChanges(conversationId: $id, after: $after) { nodes { receipts { kind } } }
          conversation(id: $id) { ${participantsOf} }
        }`,
        variables: { id: chat.conversationId, after },
      },
    );
    expect(data?.statusChanges.nodes).toEqual([
      { receipts: [{ kind: "DELIVERED" }] },
    ]);
    const bob = data?.conversation.participants.nodes.find(
      ({ user }) => user.id === chat.id("bob"),
    );
    expect(bob?.readUpToSeq).toBe(0);
  });

  it("a service token names the conversation whose changes it asks for", async () => {
    await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    const { errors } = await chat.askAsService(
      `query ($after: Cursor!) { statusChanges(after: $after) { endCursor } }`,
      { after },
    );
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath: ["conversationId"],
    });
  });

  it("R3: who leaves sees nobody of the conversation in the answer any more", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    const answer = await chat.get<{
      removeParticipant: { conversation: { participants: object } };
    }>(
      "bob",
      `mutation ($input: RemoveParticipantInput!) {
        removeParticipant(input: $input) { conversation { ${participantsOf} } }
      }`,
      {
        input: { conversationId: chat.conversationId, userId: chat.id("bob") },
      },
    );
    expect(answer.removeParticipant.conversation.participants).toEqual({
      totalCount: 0,
      nodes: [],
    });
  });
});

describe("a subscription beside other operations in its document", () => {
  it("is judged by its own fields alone", async () => {
    await chat.conversation("alice", "bob");
    const socket = server.connect(chat.id("bob"));
    const heard: string[] = [];
    const query = `
      query Others($after: Cursor!, $first: Int!) {
        statusChanges(after: $after, first: $first) { endCursor }
        conversations(first: 101) { nodes { id } }
      }
      subscription Ours($id: ID!) { messageAdded(conversationId: $id) { message { id } } }`;
    socket.client.subscribe<{ messageAdded: { message: Message } }>(
      {
        query,
        operationName: "Ours",
        variables: { id: chat.conversationId },
      },
      {
        next: ({ data, errors }) =>
          heard.push(data?.messageAdded.message.id ?? JSON.stringify(errors)),
        error: (error) => heard.push(JSON.stringify(error)),
        complete: () => undefined,
      },
    );
    await expect
      .poll(() => server.services.hub.countByState().get("live"))
      .toBe(1);
    const { id } = await chat.say("alice");
    await expect.poll(() => heard).toEqual([id]);
  });
});

it("no two participants have one id, whatever is in theirs", async () => {
  const ids = await Promise.all(
    [
      { user: "p", conversation: "c:y" },
      { user: "p:c", conversation: "y" },
    ].map(async ({ user, conversation }) => {
      const id = conversation;
      const { data } = await chat.askAsService<{
        createConversation: {
          conversation: { participants: { nodes: { id: string }[] } };
        };
      }>(
        `mutation ($input: CreateConversationInput!) {
          createConversation(input: $input) { conversation { ${participantsOf} } }
        }`,
        { input: { id, participantIds: [user] } },
      );
      return data?.createConversation.conversation.participants.nodes[0]?.id;
    }),
  );
  expect(new Set(ids).size).toBe(2);
});

it("the schema takes nothing back of what was published", async () => {
  const published = buildSchema(
    await readFile("test/fixtures/published-schema.graphql", "utf8"),
  );
  const now = buildSchema(await readFile("schema.graphql", "utf8"));
  expect(findBreakingChanges(published, now)).toEqual([]);
});
