import { parse } from "graphql";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import {
  ConversationDocument,
  ConversationsDocument,
  InboxMessageAddedDocument,
  InboxStatusChangedDocument,
  MessageStatusChangedDocument,
  StatusChangesDocument,
  ViewerDocument,
  MessageInfoChangedDocument,
  MessageInfoDocument,
  type ConversationQuery,
  type MessageInfoQuery,
} from "../../packages/client/src/generated/operations.js";
import { Chat, type Message } from "../support/chat.js";
import { startTestServer, type TestServer } from "../support/server.js";
import {
  apolloApp,
  graphcacheApp,
  statusChangesKeys,
  type App,
} from "./support/apps.js";
import { expectNoWarnings, takeWarnings } from "./support/screen.js";

expectNoWarnings();

let server: TestServer;
let chat: Chat;
const open: App[] = [];
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(() => {
  chat = new Chat(server);
});
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

/** The ticks on screen, oldest first. */
function ticks({ conversation }: ConversationQuery): string[] {
  return (
    conversation?.messages.nodes.map(({ status }) => status.summaryText) ?? []
  );
}

describe.each([
  ["Apollo Client's InMemoryCache", apolloApp],
  ["urql's Graphcache", graphcacheApp],
] as const)("what is on screen follows by itself with %s", (_, appFor) => {
  const appOf = (name: string): App => {
    const app = appFor(server, chat.id(name));
    open.push(app);
    return app;
  };
  const shown = (app: App) =>
    app.show(ConversationDocument, { id: chat.conversationId, last: 50 });

  it("single changes", async () => {
    await chat.conversation("alice", "bob");
    const [first, second] = await chat.sayMany("alice", 2);
    if (!first || !second) throw new Error("nothing was said");
    const app = appOf("alice");
    const screen = shown(app);
    await screen.until((data) => ticks(data).join() === "Sent,Sent");
    app.subscribe(MessageStatusChangedDocument, {
      conversationId: chat.conversationId,
      after: screen.shown?.conversation?.cursor,
    });
    await chat.receive("bob", second);
    await screen.until((data) => ticks(data).join() === "Sent,Delivered");
    await chat.read("bob", second);
    await screen.until((data) => ticks(data).join() === "Sent,Read");
    await chat.receive("bob", first);
    const { conversation } = await screen.until(
      (data) => ticks(data).join() === "Delivered,Read",
    );
    expect(conversation?.messages.nodes.map(({ body }) => body)).toEqual([
      first.body,
      second.body,
    ]);
  });

  it("bulk changes: one event moves every tick on screen", async () => {
    await chat.conversation("alice", "bob");
    const said = await chat.sayMany("alice", 20);
    const app = appOf("alice");
    const screen = shown(app);
    const { conversation } = await screen.until(
      (data) => ticks(data).length === 20,
    );
    app.subscribe(MessageStatusChangedDocument, {
      sentByViewer: true,
      after: conversation?.cursor,
    });
    await chat.receiveUpTo("bob", said[14] as Message);
    await screen.until(
      (data) =>
        ticks(data).join() ===
        [
          ...Array<string>(15).fill("Delivered"),
          ...Array<string>(5).fill("Sent"),
        ].join(),
    );
    await chat.readUpTo("bob", said[19] as Message);
    await screen.until((data) => ticks(data).every((tick) => tick === "Read"));
  });

  it("changes in a group, with someone leaving it", async () => {
    await chat.conversation("alice", "bob", "carol", "dave");
    const message = await chat.say("alice");
    const app = appOf("alice");
    const screen = shown(app);
    await screen.until((data) => ticks(data).join() === "Sent");
    app.subscribe(MessageStatusChangedDocument, {
      conversationId: chat.conversationId,
      after: screen.shown?.conversation?.cursor,
    });
    for (const [name, how, tick] of [
      ["bob", "receive", "Delivered to 1 of 3"],
      ["carol", "read", "Read by 1 of 3"],
      ["bob", "read", "Read by 2 of 3"],
    ] as const) {
      await chat[how](name, message);
      await screen.until((data) => ticks(data).join() === tick);
    }
    await chat.leave("dave");
    await screen.until((data) => ticks(data).join() === "Read by all");
  });

  it("changes that came while nobody listened, with `after`", async () => {
    await chat.conversation("alice", "bob");
    const said = await chat.sayMany("alice", 3);
    const app = appOf("alice");
    const screen = shown(app);
    const { conversation } = await screen.until(
      (data) => ticks(data).join() === "Sent,Sent,Sent",
    );
    await chat.read("bob", said[0] as Message);
    await chat.receiveUpTo("bob", said[1] as Message);
    app.subscribe(MessageStatusChangedDocument, {
      conversationId: chat.conversationId,
      after: conversation?.cursor,
    });
    await screen.until((data) => ticks(data).join() === "Read,Delivered,Sent");
  });

  it("a list: the last message, its ticks, the badges, and the sum of badges", async () => {
    await chat.conversation("alice", "bob");
    const alice = appOf("alice");
    const bob = appOf("bob");
    const lists = [alice, bob].map((app) => {
      app.subscribe(InboxStatusChangedDocument, {});
      app.subscribe(InboxMessageAddedDocument, {});
      return app.show(ConversationsDocument, { first: 20 });
    });
    const total = bob.show(ViewerDocument, {});
    const row = (list: (typeof lists)[number]) =>
      list.shown?.conversations.nodes.map(
        ({ unreadCount, lastMessage }) =>
          `${unreadCount} ${lastMessage?.body ?? ""} ${lastMessage?.status.summaryText ?? ""}`,
      )[0];
    const bothShow = async (...expected: string[]) => {
      for (const [i, list] of lists.entries())
        await list.until(() => row(list) === expected[i]);
    };
    await bothShow("0  ", "0  ");
    await total.until(({ viewer }) => viewer.unreadCount === 0);
    // Time for the subscriptions to be there.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const hi = await chat.say("alice", "hi");
    await bothShow("0 hi Sent", "1 hi Sent");
    await total.until(({ viewer }) => viewer.unreadCount === 1);
    await chat.receive("bob", hi);
    await bothShow("0 hi Delivered", "1 hi Delivered");
    // On another device of Bob's.
    await chat.read("bob", hi);
    await bothShow("0 hi Read", "0 hi Read");
    await total.until(({ viewer }) => viewer.unreadCount === 0);
  });

  it("a conversation, a list and message info that are on screen together", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    const app = appOf("alice");
    const screen = shown(app);
    const list = app.show(ConversationsDocument, { first: 20 });
    const info = app.show(MessageInfoDocument, { id: message.id, first: 50 });
    for (const one of [screen, list, info]) await one.until(() => true);
    app.subscribe(InboxStatusChangedDocument, {
      after: screen.shown?.conversation?.cursor,
    });
    app.subscribe(MessageStatusChangedDocument, {
      conversationId: chat.conversationId,
      after: screen.shown?.conversation?.cursor,
    });
    await chat.read("bob", message);
    const tick = "Read by 1 of 2";
    await screen.until((data) => ticks(data).join() === tick);
    await list.until(
      ({ conversations }) =>
        conversations.nodes[0]?.lastMessage?.status.summaryText === tick,
    );
    await info.until((data) => data.message?.status.summaryText === tick);
  });

  it("message info itself, where the events select the recipients as it does", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    const app = appOf("alice");
    const info = app.show(MessageInfoDocument, { id: message.id, first: 50 });
    const states = ({ message }: MessageInfoQuery) =>
      message?.status.recipients.nodes
        .map(({ state, readAt }) => `${state} ${readAt === null ? "-" : "at"}`)
        .sort()
        .join();
    await info.until((data) => states(data) === "PENDING -,PENDING -");
    app.subscribe(MessageInfoChangedDocument, {
      conversationId: chat.conversationId,
      first: 50,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await chat.read("carol", message);
    await info.until((data) => states(data) === "PENDING -,READ at");
  });
});

describe.each([
  ["Apollo Client's InMemoryCache", apolloApp],
  [
    "urql's Graphcache, told that their parts have no keys,",
    (server: TestServer, userId: string) =>
      graphcacheApp(server, userId, statusChangesKeys),
  ],
] as const)("with %s", (_, appFor) => {
  it("changes asked for by statusChanges, without a socket, are on screen as well", async () => {
    await chat.conversation("alice", "bob");
    const said = await chat.sayMany("alice", 3);
    const app = appFor(server, chat.id("alice"));
    open.push(app);
    const screen = app.show(ConversationDocument, {
      id: chat.conversationId,
      last: 50,
    });
    const { conversation } = await screen.until(
      (data) => ticks(data).join() === "Sent,Sent,Sent",
    );
    await chat.readUpTo("bob", said[1] as Message);
    app.show(StatusChangesDocument, {
      after: conversation?.cursor ?? "",
      first: 100,
    });
    await screen.until((data) => ticks(data).join() === "Read,Read,Sent");
  });
});

describe("the one case that Apollo Client warns of", () => {
  it("is two subscriptions with the same arguments and other fields; the screen is right all the same", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const app = apolloApp(server, chat.id("alice"));
    open.push(app);
    const screen = app.show(ConversationDocument, {
      id: chat.conversationId,
      last: 50,
    });
    const { conversation } = await screen.until(() => true);
    for (const fields of [
      "messages { id status { id readCount summaryText } }",
      "receipts { kind }",
    ])
      app.subscribe(
        parse(
          `subscription ($after: Cursor) { messageStatusChanged(after: $after) { ${fields} } }`,
        ),
        { after: conversation?.cursor },
      );
    await chat.receive("bob", message);
    await chat.read("bob", message);
    await screen.until((data) => ticks(data).join() === "Read");
    const deadline = Date.now() + 5_000;
    let warnings = takeWarnings();
    while (warnings.length === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      warnings = takeWarnings();
    }
    expect(warnings.join()).toMatch(/^Cache data may be lost.*Subscription/s);
  });
});
