import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client as UrqlClient, subscriptionExchange } from "@urql/core";
import { createClient, type Client as SocketClient } from "graphql-ws";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { Chat, dataOf, sendDocument, type Message } from "./support/chat.js";
import { serverForFile } from "./support/for-file.js";
import { openNetwork } from "./support/network.js";

// Clients as apps have them, cut off while much happens. The server's periodic check is out of the
// way, so whatever arrives was owed to the cursor alone.

const server = serverForFile({ SWEEP_MS: "60000" });
// Apollo's link reads the global `WebSocket` when a socket fails; Node has one since version 22.
beforeAll(() => void vi.stubGlobal("WebSocket", WebSocket));

const retryMs = 20;

/** A client that follows one subscription through lost sockets. */
interface Follower {
  /**
   * Subscribes, and again whenever the socket is lost, with the variables of that moment.
   * @returns a function that ends it
   */
  follow<T>(
    query: string,
    variables: () => Record<string, unknown>,
    take: (data: T) => void,
  ): () => void;
  /** The status of a message as the client's own cache has it; undefined where it keeps none. */
  cached?(messageId: string): unknown;
  close(): Promise<void>;
}

interface Link {
  readonly url: string;
  readonly token: () => Promise<string>;
}

/** graphql-ws by itself: it opens lost sockets again, and reads the variables anew each time. */
function rawFollower(link: Link): Follower {
  const client = socketClient(link, Infinity);
  return {
    follow<T>(
      query: string,
      variables: () => Record<string, unknown>,
      take: (data: T) => void,
    ) {
      const payload = {
        query,
        get variables() {
          return variables();
        },
      };
      return client.subscribe<T>(payload, {
        next: (result) => {
          take(dataOf({ data: result.data ?? null }));
        },
        error: failLoudly,
        complete: () => undefined,
      });
    },
    close: async () => client.dispose(),
  };
}

/** Apollo Client with its cache; the app subscribes again after a lost socket. */
function apolloFollower(link: Link): Follower {
  const socket = socketClient(link, 0);
  const cache = new InMemoryCache();
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache });
  return {
    follow<T>(
      query: string,
      variables: () => Record<string, unknown>,
      take: (data: T) => void,
    ) {
      return persist((lost) => {
        const subscription = client
          .subscribe({ query: gql(query), variables: variables() })
          .subscribe({
            next: ({ data, error }) => {
              if (error) lost();
              else take(data as T);
            },
            error: lost,
            complete: lost,
          });
        return () => {
          subscription.unsubscribe();
        };
      });
    },
    cached: (messageId) => cache.extract()[`MessageStatus:${messageId}`],
    async close() {
      client.stop();
      await socket.dispose();
    },
  };
}

/** urql; the app subscribes again after a lost socket. */
function urqlFollower(link: Link): Follower {
  const socket = socketClient(link, 0);
  const client = new UrqlClient({
    url: "http://not.used",
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: variables as Record<string, unknown> },
              {
                next: ({ data = null }) => {
                  sink.next({ data });
                },
                error: (error) => {
                  sink.error(error);
                },
                complete: () => {
                  sink.complete();
                },
              },
            ),
          }),
        }),
      }),
    ],
  });
  return {
    follow<T>(
      query: string,
      variables: () => Record<string, unknown>,
      take: (data: T) => void,
    ) {
      return persist((lost) => {
        const { unsubscribe } = client
          .subscription<T>(query, variables())
          .subscribe(({ data, error }) => {
            if (error) lost();
            else if (data) take(data);
          });
        return unsubscribe;
      });
    },
    close: async () => socket.dispose(),
  };
}

const followers = [
  { name: "graphql-ws", open: rawFollower },
  { name: "Apollo Client", open: apolloFollower },
  { name: "urql", open: urqlFollower },
];

function socketClient(
  { url, token }: Link,
  retryAttempts: number,
): SocketClient {
  return createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts,
    shouldRetry: () => true,
    retryWait: () => delay(retryMs),
    connectionParams: async () => ({
      authorization: `Bearer ${await token()}`,
    }),
  });
}

/** Starts something, and again a little after each time that it says it was lost. */
function persist(start: (lost: () => void) => () => void): () => void {
  let isOver = false;
  let stop = (): void => undefined;
  const begin = () => {
    if (isOver) return;
    let isLost = false;
    stop = start(() => {
      if (isLost) return;
      isLost = true;
      void delay(retryMs).then(() => {
        stop();
        begin();
      });
    });
  };
  begin();
  return () => {
    isOver = true;
    stop();
  };
}

function failLoudly(error: unknown): never {
  throw new Error("the subscription failed", { cause: error });
}

/** What happens to one message and one recipient: when they got it, when they read it. */
interface Times {
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
}

/** What a client knows: of each message its aggregate, of each recipient when. */
interface State {
  readonly statuses: Map<string, unknown>;
  readonly receipts: Map<string, Times>;
}

interface Change {
  readonly cursor: string;
  readonly reset: boolean;
  readonly receipts: readonly {
    readonly kind: "DELIVERED" | "READ";
    readonly at: string;
    readonly fromSeq: number;
    readonly toSeq: number;
    readonly participant: { readonly user: { readonly id: string } };
  }[];
  readonly messages: readonly {
    readonly id: string;
    readonly status: object;
  }[];
}

const statusFields =
  "id overallStatus totalRecipients deliveredCount readCount summaryText";

const changesDocument = `subscription Changes($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor reset
    receipts { kind at fromSeq toSeq participant { id user { id } } }
    messages(last: 100) { id status { ${statusFields} } }
  }
}`;

const addedDocument = `subscription Added($id: ID, $after: Cursor) {
  messageAdded(conversationId: $id, after: $after) { cursor message { id seq body } }
}`;

/**
 * Applies an event as an app would: each receipt to its run, each aggregate to its message. Where
 * an event lists fewer messages than changed, the aggregates of the others follow from the receipts.
 */
function apply(
  { statuses, receipts }: State,
  change: Change,
  messages: readonly Message[],
): void {
  expect(change.reset).toBe(false);
  const told = new Set(change.messages.map(({ id }) => id));
  for (const wanted of ["DELIVERED", "READ"] as const)
    for (const { kind, at, fromSeq, toSeq, participant } of change.receipts) {
      if (kind !== wanted) continue;
      for (const { id, seq } of messages.slice(fromSeq - 1, toSeq)) {
        const key = `${seq} ${participant.user.id}`;
        const known = receipts.get(key);
        receipts.set(key, {
          deliveredAt: known?.deliveredAt ?? at,
          readAt: known?.readAt ?? (kind === "READ" ? at : null),
        });
        if (!told.has(id)) statuses.set(id, aggregate(id, seq, receipts));
      }
    }
  for (const { id, status } of change.messages)
    statuses.set(id, withoutTypeName(status));
}

/** R11 and R12, for a message to all readers. */
function aggregate(id: string, seq: number, receipts: State["receipts"]) {
  const all = [...receipts].flatMap(([key, times]) =>
    key.startsWith(`${seq} `) ? [times] : [],
  );
  const total = readers.length;
  const deliveredCount = all.length;
  const readCount = all.filter(({ readAt }) => readAt !== null).length;
  const [overallStatus, summaryText] =
    readCount === total
      ? ["READ", "Read by all"]
      : [
          deliveredCount === total ? "DELIVERED" : "PARTIAL",
          readCount > 0
            ? `Read by ${readCount} of ${total}`
            : deliveredCount === total
              ? "Delivered to all"
              : `Delivered to ${deliveredCount} of ${total}`,
        ];
  const counts = { totalRecipients: total, deliveredCount, readCount };
  return { id, overallStatus, ...counts, summaryText };
}

/** Apollo adds the names of types. */
function withoutTypeName(value: object): object {
  const { __typename: _, ...rest } = value as { __typename?: string };
  return rest;
}

/** What a fresh query tells of every message. */
async function freshState(chat: Chat, name: string): Promise<State> {
  const state: State = { statuses: new Map(), receipts: new Map() };
  for (let before: string | null = null; ;) {
    const page: Page = await chat.get<Page>(
      name,
      `query ($id: ID!, $before: Cursor) {
        conversation(id: $id) {
          messages(last: 100, before: $before) {
            nodes {
              id seq
              status { ${statusFields} recipients(first: 50) { nodes { user { id } deliveredAt readAt } } }
            }
            pageInfo { hasPreviousPage startCursor }
          }
        }
      }`,
      { id: chat.conversationId, before },
    );
    const { nodes, pageInfo } = page.conversation.messages;
    for (const { id, seq, status } of nodes) {
      const { recipients, ...aggregate } = status;
      state.statuses.set(id, aggregate);
      for (const { user, deliveredAt, readAt } of recipients.nodes)
        if (deliveredAt !== null)
          state.receipts.set(`${seq} ${user.id}`, { deliveredAt, readAt });
    }
    if (!pageInfo.hasPreviousPage) return state;
    before = pageInfo.startCursor;
  }
}

interface Page {
  readonly conversation: {
    readonly messages: {
      readonly nodes: readonly {
        readonly id: string;
        readonly seq: number;
        readonly status: {
          readonly recipients: {
            readonly nodes: readonly (Times & {
              readonly user: { readonly id: string };
            })[];
          };
        };
      }[];
      readonly pageInfo: {
        readonly hasPreviousPage: boolean;
        readonly startCursor: string;
      };
    };
  };
}

const readers = ["bob", "carol", "dave", "erin", "frank"];
const messageCount = 120;

/** A thousand marks in a mixed order: each reader receives all, reads some, and reads up to some. */
function thousandMarks(
  chat: Chat,
  messages: readonly Message[],
): (() => Promise<void>)[] {
  const marks = readers.flatMap((name, r) => {
    const socket = server.connect(chat.id(name));
    const mark =
      (mutation: string, { id }: Message) =>
      async () => {
        const conversation = mutation.startsWith("bulk")
          ? `conversationId: "${chat.conversationId}", upToMessageId`
          : "messageId";
        dataOf(
          await socket.execute(
            `mutation { ${mutation}(input: { ${conversation}: "${id}" }) { changed } }`,
          ),
        );
      };
    return [
      ...messages.map((message) => mark("markDelivered", message)),
      ...messages
        .filter((_, i) => (i * 7 + r) % 120 < 78)
        .map((message) => mark("markRead", message)),
      mark("bulkMarkRead", messages[20 + r] as Message),
      mark("bulkMarkDelivered", messages[90 + r] as Message),
    ];
  });
  return marks
    .map((mark, i) => ({ mark, place: (i * 619) % marks.length }))
    .sort((a, b) => a.place - b.place)
    .map(({ mark }) => mark);
}

/** Runs tasks, so many at a time. */
async function inParallel(
  tasks: readonly (() => Promise<unknown>)[],
  width: number,
): Promise<void> {
  const queue = [...tasks];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let task = queue.shift(); task; task = queue.shift()) await task();
    }),
  );
}

async function until(condition: () => boolean, timeoutMs = 10_000) {
  const deadline = Date.now() + timeoutMs;
  while (!condition() && Date.now() < deadline) await delay(5);
}

async function say(chat: Chat, name: string, count: number) {
  const socket = server.connect(chat.id(name));
  const messages: Message[] = [];
  await inParallel(
    Array.from({ length: count }, (_, i) => async () => {
      const { sendMessage } = dataOf(
        await socket.execute<{ sendMessage: { message: Message } }>(
          sendDocument,
          {
            input: {
              conversationId: chat.conversationId,
              clientId: `${chat.conversationId} ${i}`,
              body: `message ${i}`,
            },
          },
        ),
      );
      messages.push(sendMessage.message);
    }),
    50,
  );
  await socket.close();
  return messages.sort((a, b) => a.seq - b.seq);
}

describe.each(followers)("$name, cut off and back", ({ open }) => {
  const setUp = async () => {
    const chat = new Chat(server);
    await chat.conversation("alice", ...readers);
    const network = await openNetwork(server.url);
    const follower = open({
      url: `ws://127.0.0.1:${network.port}/graphql`,
      token: () => server.token(chat.id("alice")),
    });
    return {
      chat,
      network,
      follower,
      async close() {
        await follower.close();
        await network.close();
      },
    };
  };

  it("R22, R23, R24: after 1,000 marks that it missed, its state equals a fresh query, by at most 10 events", async ({
    annotate,
  }) => {
    const { chat, network, follower, close } = await setUp();
    const messages = await say(chat, "alice", messageCount);
    let cursor = await chat.cursor("alice");
    const state = await freshState(chat, "alice");
    let events = 0;
    const stop = follower.follow<{ messageStatusChanged: Change }>(
      changesDocument,
      () => ({ id: chat.conversationId, after: cursor }),
      ({ messageStatusChanged: change }) => {
        events++;
        apply(state, change, messages);
        cursor = change.cursor;
      },
    );

    const marks = thousandMarks(chat, messages);
    expect(marks).toHaveLength(1_000);
    const [first, ...missed] = marks;
    await first?.();
    await until(() => events > 0);
    expect(events).toBe(1);
    const marking = inParallel(missed, 50);
    await network.cut();
    const whenCut = events;
    await marking;
    const fresh = await freshState(chat, "alice");
    await network.restore();

    await until(() => isDeepStrictEqual(state, fresh));
    expect(state).toEqual(fresh);
    const afterwards = events - whenCut;
    expect(afterwards).toBeGreaterThan(0);
    expect(afterwards).toBeLessThanOrEqual(10);
    await annotate(`1,000 marks missed, caught up by ${afterwards} event(s)`);
    if (follower.cached)
      for (const { id } of messages.slice(-100))
        expect(follower.cached(id)).toMatchObject(fresh.statuses.get(id) ?? {});
    stop();
    await close();
  });

  it("R16, R22: 300 messages that were sent meanwhile arrive in order, none missing, none twice", async () => {
    const { chat, network, follower, close } = await setUp();
    let cursor = await chat.cursor("alice");
    const seqs: number[] = [];
    const stop = follower.follow<{
      messageAdded: { cursor: string; message: Message };
    }>(
      addedDocument,
      () => ({ id: chat.conversationId, after: cursor }),
      ({ messageAdded }) => {
        seqs.push(messageAdded.message.seq);
        cursor = messageAdded.cursor;
      },
    );
    await chat.say("bob");
    await until(() => seqs.length > 0);
    expect(seqs).toEqual([1]);
    await network.cut();
    await say(chat, "carol", 300);
    await network.restore();
    await until(() => seqs.length >= 301);
    expect(seqs).toEqual(Array.from({ length: 301 }, (_, i) => i + 1));
    // Nothing of it comes again: the next one is the next.
    await chat.say("bob");
    await until(() => seqs.length >= 302);
    expect(seqs.slice(300)).toEqual([301, 302]);
    stop();
    await close();
  });

  it("R22: its cursor over all conversations misses nothing that happened in any of them", async () => {
    const { chat, network, follower, close } = await setUp();
    const here = chat.conversationId;
    const older = await say(chat, "alice", 10);
    let cursor = await chat.cursor("alice");
    const state = await freshState(chat, "alice");
    let events = 0;
    const stop = follower.follow<{ messageStatusChanged: Change }>(
      changesDocument,
      () => ({ after: cursor }),
      ({ messageStatusChanged: change }) => {
        events++;
        for (const { id, status } of change.messages)
          state.statuses.set(id, withoutTypeName(status));
        cursor = change.cursor;
      },
    );
    await chat.receive("bob", older[0] as Message);
    await until(() => events > 0);
    await network.cut();
    await chat.readUpTo("carol", older[9] as Message);
    const there = await chat.conversation("gina", "alice", "bob");
    await chat.add("gina", "carol");
    const newer = await say(chat, "alice", 10);
    await chat.readUpTo("bob", newer[8] as Message);
    const fresh = new Map<string, unknown>();
    for (const id of [here, there]) {
      chat.conversationId = id;
      for (const [message, status] of (await freshState(chat, "alice"))
        .statuses)
        fresh.set(message, status);
    }
    await network.restore();
    // Of the last of the new messages nothing was ever told, since nothing happened to it.
    fresh.delete((newer[9] as Message).id);
    await until(() => isDeepStrictEqual(state.statuses, fresh));
    expect(state.statuses).toEqual(fresh);
    stop();
    await close();
  });
});
