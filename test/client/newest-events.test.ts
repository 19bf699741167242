import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  vi,
} from "vitest";
import { WebSocket } from "ws";
import { connectApollo } from "../../packages/client/src/apollo.js";
import type { Acked } from "../../packages/client/src/kit/acked.js";
import { createNewestEvents } from "../../packages/client/src/kit/newest.js";
import {
  ConversationDocument,
  ConversationsDocument,
  type ConversationQuery,
  type ConversationsQuery,
} from "../../packages/client/src/operations.js";
import { connectUrql } from "../../packages/client/src/urql.js";
import { Chat } from "../support/chat.js";
import { startTestServer, type TestServer } from "../support/server.js";

let server: TestServer;
let chat: Chat;
let acked: Acked | undefined;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(() => {
  chat = new Chat(server);
});
afterEach(async () => {
  await acked?.close();
  acked = undefined;
  vi.unstubAllGlobals();
});

const until = (check: () => void) =>
  vi.waitFor(check, { timeout: 20_000, interval: 20 });

/** Holds answers over HTTP back, once the server has made them, until they are let go. */
function holdAnswers(isHeld: (body: string) => boolean) {
  const real = globalThis.fetch;
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let held = 0;
  vi.stubGlobal("fetch", async (...args: Parameters<typeof fetch>) => {
    const response = await real(...args);
    const body = args[1]?.body;
    if (typeof body !== "string" || !isHeld(body)) return response;
    const text = await response.text();
    held++;
    await gate;
    return new Response(text, response);
  });
  return { letGo: () => letGo(), held: () => held };
}

describe.each([
  ["Apollo Client's cache", connectApollo],
  ["Graphcache", connectUrql],
] as const)("an answer that events have overtaken, in %s", (_, connect) => {
  function connected(name: string): Acked {
    return connect({
      url: server.url,
      userId: chat.id(name),
      fetchToken: async () => ({
        token: await server.token(chat.id(name)),
        expiresAtMs: Date.now() + 3_600_000,
      }),
      socket: { webSocketImpl: WebSocket },
    });
  }

  it("puts no older status back, hides no newer message, and raises no badge again", async () => {
    await chat.conversation("alice", "bob");
    const [message] = await chat.sayMany("alice", 1);
    if (!message) throw new Error("nothing was said");
    const theirs = await chat.say("bob", "theirs");
    acked = connected("alice");
    const { source } = acked;
    let shown: ConversationQuery["conversation"];
    let list: ConversationsQuery["conversations"]["nodes"] = [];
    const variables = { id: chat.conversationId, last: 50 };
    const stops = [
      acked.start(),
      source.watch(ConversationDocument, variables, ({ data }) => {
        shown = data?.conversation ?? shown;
      }),
      source.watch(ConversationsDocument, { first: 20 }, ({ data }) => {
        list = data?.conversations.nodes ?? list;
      }),
    ];
    const lines = () =>
      shown?.messages.nodes.map(
        ({ body, status }) => `${body ?? ""} ${status.summaryText}`,
      );
    const row = () =>
      list.map(
        ({ unreadCount, lastMessage }) =>
          `${unreadCount} ${lastMessage?.body ?? ""}`,
      );
    await until(() => expect(acked?.cursor).not.toBeNull());
    await until(() => expect(row()).toEqual(["1 theirs"]));
    await until(() => expect(lines()?.[0]).toMatch(/ Sent$/));

    const gate = holdAnswers((body) => body.includes("query Conversation"));
    const answers = Promise.all([
      source.query(ConversationDocument, variables),
      source.query(ConversationsDocument, { first: 20 }),
    ]);
    await until(() => expect(gate.held()).toBe(2));
    await chat.read("bob", message);
    await chat.read("alice", theirs);
    await chat.say("bob", "newer");
    const now = () => {
      expect(lines()).toEqual([
        `${message.body ?? ""} Read`,
        expect.stringContaining("theirs"),
        expect.stringContaining("newer"),
      ]);
      expect(row()).toEqual(["1 newer"]);
    };
    await until(now);
    gate.letGo();
    await answers;
    await new Promise((resolve) => setTimeout(resolve, 50));
    now();
    for (const stop of stops) stop();
  });
});

describe("createNewestEvents", () => {
  const status = (readCount: number) => ({
    __typename: "MessageStatus",
    id: "m",
    readCount,
  });
  const added = (readCount: number) => ({
    messageAdded: {
      message: {
        __typename: "Message",
        id: "m",
        status: status(readCount),
        conversation: { __typename: "Conversation", id: "c" },
      },
    },
  });

  it("leaves an answer alone whose request began after the event", () => {
    const newest = createNewestEvents();
    newest.take({ messageStatusChanged: { messages: [status(1)] } });
    const request = newest.begin();
    expect(request.amend(status(2))).toEqual(status(2));
    request.end();
  });

  it("takes the newest of several events, for each request those since it began", () => {
    const newest = createNewestEvents();
    const first = newest.begin();
    newest.take({ messageStatusChanged: { messages: [status(1)] } });
    const second = newest.begin();
    expect(second.amend(status(0))).toEqual(status(0));
    newest.take({ messageStatusChanged: { messages: [status(2)] } });
    expect(first.amend([status(0)])).toEqual([status(2)]);
    expect(second.amend({ deep: status(0) })).toEqual({ deep: status(2) });
  });

  it("keeps the status of a change where the message itself arrives after it", () => {
    const newest = createNewestEvents();
    newest.take({ messageStatusChanged: { messages: [status(1)] } });
    expect(newest.take(added(0))).toEqual(added(1));
    expect(newest.take(added(2))).not.toEqual(added(0));
  });
});
