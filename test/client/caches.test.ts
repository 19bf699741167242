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
  type ConversationQuery,
} from "../../src/generated/operations.js";
import { Chat } from "../support/chat.js";
import { startTestServer, type TestServer } from "../support/server.js";
import { apolloApp, graphcacheApp, type App } from "./support/apps.js";
import { expectNoWarnings } from "./support/screen.js";

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
});
