import type { ApolloClient } from "@apollo/client";
import { WebSocket } from "ws";
import {
  ConversationDocument,
  ConversationsDocument,
  type ConversationQuery,
  type ConversationsQuery,
} from "../../../../packages/client/src/generated/operations.js";
import type { TestServer } from "../../../support/server.js";
import type {
  ApolloGuide,
  GraphqlWsGuide,
  Queues,
  Token,
  UrqlGuide,
} from "./modules.js";
import type { GuideProject } from "./project.js";

/** What people need; `stops` takes what is to be called when they are gone, the last first. */
export interface World {
  readonly project: GuideProject;
  readonly server: TestServer;
  readonly stops: (() => unknown)[];
}

/** Somebody signed in, with what the graphql-ws guide makes for them. */
export type Person = Awaited<ReturnType<typeof signIn>>;

/** Signs someone in by the code of docs/guides/graphql-ws.md. */
export async function signIn(
  { project, server, stops }: World,
  userId: string,
  {
    fetchToken = async (): Promise<Token> => ({
      token: await server.token(userId),
      expiresAtMs: Date.now() + 3_600_000,
    }),
    webSocketImpl = WebSocket,
  } = {},
) {
  const guide = await project.load<GraphqlWsGuide>(
    ...["session.ts", "socket.ts", "request.ts"],
    ...["queues.ts", "plain-chat.ts"],
  );
  const session = guide.createSession(fetchToken);
  const socket = guide.openSocket(server.wsUrl, session.token, {
    webSocketImpl,
  });
  const request = guide.createRequest(server.url, session.token);
  const queues = guide.openQueues(request, userId);
  stops.push(() => socket.dispose(), ...closing(queues));
  return { ...guide, ...queues, session, socket, request, userId };
}

/** Opens a conversation on someone's screen: what it shows, and why it ended. */
export function openChat(
  { stops }: World,
  person: Person,
  conversationId: string,
) {
  const screen = {
    lines: [] as string[],
    messages: [] as readonly { id: string; seq: number }[],
    end: null as unknown,
  };
  const close = person.openPlainChat({
    ...person,
    conversationId,
    show(messages) {
      screen.messages = messages;
      screen.lines = messages.map(
        ({ body, status }) =>
          `${body ?? "-"} ${person.ticks[status.overallStatus]}`,
      );
    },
    onEnd: (reason) => (screen.end = reason),
  });
  stops.push(close);
  return screen;
}

/** The screens of someone on a normalized cache: a conversation and the list. */
export interface CacheScreens extends Queues {
  lines(): string[];
  unread(): number | undefined;
}

/** Someone on Apollo Client, by docs/guides/apollo.md. */
export async function onApollo(
  world: World,
  userId: string,
  conversationId: string,
  webSocketImpl = WebSocket,
): Promise<CacheScreens & { client: ApolloClient }> {
  const { project, server, stops } = world;
  const { session, socket } = await signIn(world, userId, { webSocketImpl });
  const guide = await project.load<ApolloGuide>(
    ...["apollo-client.ts", "apollo-inbox.ts", "apollo-queues.ts"],
  );
  const client = guide.createApollo(server.url, session, socket);
  const queues = guide.openApolloQueues(client, userId, session, fail);
  const { screens, show } = screensOf(queues);
  const one = client.watchQuery({
    query: ConversationDocument,
    variables: { id: conversationId, last: 50 },
  });
  const list = client.watchQuery({
    query: ConversationsDocument,
    variables: { first: 20 },
  });
  const watched = [
    one.subscribe(({ data, dataState }) => {
      if (dataState === "complete") show.one(data);
    }),
    list.subscribe(({ data, dataState }) => {
      if (dataState === "complete") show.list(data);
    }),
  ];
  stops.push(
    () => client.stop(),
    ...closing(queues),
    ...watched.map((one) => () => one.unsubscribe()),
    guide.followInbox(client, queues.receipts, fail),
  );
  return { ...screens, client };
}

/** Someone on urql, by docs/guides/urql.md. */
export async function onUrql(
  world: World,
  userId: string,
  conversationId: string,
  webSocketImpl = WebSocket,
): Promise<CacheScreens & { resets: number }> {
  const { project, server, stops } = world;
  const { session, socket } = await signIn(world, userId, { webSocketImpl });
  const guide = await project.load<UrqlGuide>(
    ...["urql-client.ts", "urql-inbox.ts", "urql-queues.ts"],
  );
  const client = guide.createUrql(server.url, session, socket);
  const queues = guide.openUrqlQueues(client, userId, session, fail);
  const { screens, show } = screensOf(queues);
  const app = { ...screens, resets: 0 };
  const one = client.query(ConversationDocument, {
    id: conversationId,
    last: 50,
  });
  const list = client.query(ConversationsDocument, { first: 20 });
  stops.push(
    ...closing(queues),
    one.subscribe(({ data }) => data && show.one(data)).unsubscribe,
    list.subscribe(({ data }) => data && show.list(data)).unsubscribe,
    guide.followInbox(client, queues.receipts, () => app.resets++, fail),
  );
  return app;
}

function screensOf(queues: Queues) {
  let one: ConversationQuery | null = null;
  let list: ConversationsQuery | null = null;
  const screens: CacheScreens = {
    ...queues,
    lines: () =>
      one?.conversation?.messages.nodes.map(
        ({ body, status }) => `${body ?? "-"} ${status.summaryText}`,
      ) ?? [],
    unread: () => list?.conversations.nodes[0]?.unreadCount,
  };
  return {
    screens,
    show: {
      one: (data: ConversationQuery) => void (one = data),
      list: (data: ConversationsQuery) => void (list = data),
    },
  };
}

function closing({ receipts, outbox }: Queues) {
  return [() => receipts.close(), () => outbox.close()];
}

function fail(error?: unknown): never {
  throw new Error("the guide's code failed", { cause: error });
}
