import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createOutbox,
  createReceiptQueue,
  memoryStorage,
  sendByApollo,
  sendByUrql,
} from "../../packages/client/src/index.js";
import { failureOf } from "../../packages/client/src/failure.js";
import {
  SendMessageDocument,
  SyncReceiptsDocument,
} from "../../packages/client/src/generated/operations.js";
import { Chat, type Message } from "../support/chat.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { apolloClient } from "./support/apollo.js";
import { idle } from "./support/marks.js";
import { urqlClient } from "./support/urql.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** The ways to send that come with the library, for a person. */
const senders = {
  "Apollo Client"(userId: string) {
    const { client, close } = apolloClient(server, userId);
    return {
      close,
      syncReceipts: sendByApollo(client, SyncReceiptsDocument),
      sendMessage: sendByApollo(client, SendMessageDocument),
    };
  },
  urql(userId: string) {
    const { client, close } = urqlClient(server, userId);
    return {
      close,
      syncReceipts: sendByUrql(client, SyncReceiptsDocument),
      sendMessage: sendByUrql(client, SendMessageDocument),
    };
  },
};

describe.each(Object.entries(senders))("over %s", (_, senderFor) => {
  it("marks reach the server and are told apart: accepted, refused", async () => {
    const chat = new Chat(server);
    const conversationId = await chat.conversation("alice", "bob");
    const [first, second, third] = await chat.sayMany("alice", 3);
    const sender = senderFor(chat.id("bob"));
    const refused: string[] = [];
    const queue = createReceiptQueue({
      userId: chat.id("bob"),
      storage: memoryStorage(),
      send: sender.syncReceipts,
      onRefused: (marks) =>
        refused.push(
          ...marks.map(({ mark, code }) => `${code} ${mark.messageId}`),
        ),
    });
    queue.deliveredUpTo({ ...(third as Message), conversationId });
    queue.read({ ...(second as Message), conversationId });
    queue.read({ id: "nonsense", seq: 9, conversationId });
    await idle(queue);
    expect(refused).toEqual(["NOT_FOUND nonsense"]);
    const states: string[] = [];
    for (const message of [first, second, third])
      states.push(
        (await chat.recipient("alice", message as Message, "bob")).state,
      );
    expect(states).toEqual(["DELIVERED", "READ", "DELIVERED"]);
    await queue.close();
    await sender.close();
  });

  it("a message is sent once; CONFLICT is surfaced", async () => {
    const chat = new Chat(server);
    const conversationId = await chat.conversation("alice", "bob");
    const sender = senderFor(chat.id("alice"));
    const outbox = createOutbox({
      userId: chat.id("alice"),
      storage: memoryStorage(),
      send: sender.sendMessage,
    });
    for (const body of ["one", "two", "three"])
      outbox.send({ conversationId, body }, body);
    await idle(outbox);
    outbox.send({ conversationId, body: "other" }, "two");
    await idle(outbox);
    expect(await chat.hears("bob")).toEqual(["one", "two", "three"]);
    expect(
      outbox.items.map((item) =>
        item.state === "failed" ? item.failure.code : item.state,
      ),
    ).toEqual(["sent", "sent", "CONFLICT"]);
    await outbox.close();
    await sender.close();
  });

  it("failures are read from what the library rejects with", async () => {
    const chat = new Chat(server);
    const conversationId = await chat.conversation("alice", "bob");
    const sender = senderFor(chat.id("alice"));
    const failure = (body: string) =>
      sender
        .sendMessage({ input: { conversationId, clientId: "1", body } })
        .then(() => null, failureOf);
    expect(await failure("x".repeat(70_000))).toMatchObject({
      code: "BAD_USER_INPUT",
      argumentPath: ["input", "body"],
    });
    // Refused by Fastify, before GraphQL: the body of the request is too large.
    expect((await failure("x".repeat(600_000)))?.code).toBe("BAD_USER_INPUT");
    await sender.close();
  });
});

describe("failures without an answer of GraphQL", () => {
  it.each(Object.entries(senders))(
    "are NETWORK over %s",
    async (_, senderFor) => {
      const gone = await startTestServer();
      await gone.close();
      const own = server;
      server = gone;
      const sender = senderFor("alice");
      server = own;
      const failure = await sender
        .syncReceipts({ input: { receipts: [] } })
        .then(() => null, failureOf);
      expect(failure?.code).toBe("NETWORK");
      await sender.close();
    },
  );
});
