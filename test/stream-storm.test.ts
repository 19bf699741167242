import { createClient, MessageType, type Client } from "graphql-ws";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  Chat,
  dataOf,
  type Counts,
  type Message,
  type StatusChange,
} from "./support/chat.js";
import { serverForFile } from "./support/for-file.js";
import type { Answer, Events } from "./support/server.js";

// Much at once: merging is how load is held (R24), and what is merged is still exact and in order.
// The server's periodic check is out of the way: what arrives, arrives by itself.

const server = serverForFile({ SWEEP_MS: "60000" });

interface Told {
  readonly cursor: string;
  readonly messageCount: number;
  readonly messages: readonly {
    readonly id: string;
    readonly status: Counts;
  }[];
}
type Watching = Events<{ messageStatusChanged: Told }>;

const countFields =
  "overallStatus totalRecipients deliveredCount readCount summaryText";

const statusDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor messageCount messages { id status { ${countFields} } }
  }
}`;

const bothMarks = `mutation ($id: ID!) {
  markDelivered(input: { messageId: $id }) { changed }
  markRead(input: { messageId: $id }) { changed }
}`;

/** Names of so many people. */
const people = (count: number) =>
  Array.from({ length: count }, (_, i) => `p${i}`);

/** Sockets that stay open, one for each user, ready. */
async function openSockets(
  userIds: readonly string[],
): Promise<(Client & { userId: string })[]> {
  return Promise.all(
    userIds.map(async (userId) => {
      const token = await server.token(userId);
      let onConnected = (): void => undefined;
      const connected = new Promise<void>((resolve) => {
        onConnected = resolve;
      });
      const client = createClient({
        url: server.wsUrl,
        webSocketImpl: WebSocket,
        lazy: false,
        retryAttempts: 0,
        connectionParams: { authorization: `Bearer ${token}` },
        on: { connected: onConnected },
      });
      await connected;
      return { ...client, userId };
    }),
  );
}

async function run(
  client: Client,
  query: string,
  variables: Record<string, unknown>,
): Promise<void> {
  for await (const { data, errors } of client.iterate({ query, variables }))
    if (!data || errors) throw new Error(`answered ${JSON.stringify(errors)}`);
}

const states = ["SENT", "PARTIAL", "DELIVERED", "READ"];

/** R23: within a subscription nothing that is told of a message ever goes back. */
function expectNeverBackwards({ all }: Watching): void {
  const last = new Map<string, Counts>();
  for (const { data } of all)
    for (const { id, status } of data?.messageStatusChanged.messages ?? []) {
      const before = last.get(id);
      last.set(id, status);
      if (!before) continue;
      expect(status.deliveredCount).toBeGreaterThanOrEqual(
        before.deliveredCount,
      );
      expect(status.readCount).toBeGreaterThanOrEqual(before.readCount);
      expect(states.indexOf(status.overallStatus)).toBeGreaterThanOrEqual(
        states.indexOf(before.overallStatus),
      );
    }
}

/** The newest status that a subscription told of a message. */
function lastTold({ all }: Watching, { id }: Message): Counts | undefined {
  return all
    .flatMap(({ data }) => data?.messageStatusChanged.messages ?? [])
    .findLast((message) => message.id === id)?.status;
}

/** Stores many messages at once, as many devices would. */
async function say(chat: Chat, name: string, count: number): Promise<void> {
  const viewer = {
    userId: chat.id(name),
    isService: false,
    expiresAtMs: Infinity,
  };
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      server.services.messages.send(viewer, {
        conversationId: chat.conversationId,
        clientId: `${chat.conversationId} ${i}`,
        body: `message ${i}`,
        type: "text",
        fileType: null,
        senderId: null,
      }),
    ),
  );
}

describe("R24: merging is how load is held", () => {
  it("R23, R24: 1,000 participants receive and read one message at once: a subscriber gets a handful of events, and the last is exact", async ({
    annotate,
  }) => {
    const chat = new Chat(server);
    const readers = people(1_000);
    await chat.conversation("alice", ...readers);
    const message = await chat.say("alice");
    const socket = server.connect(chat.id("alice"));
    const watching: Watching = socket.subscribe(statusDocument, {
      id: chat.conversationId,
      after: await chat.cursor("alice"),
    });
    const markers = await openSockets(readers.map((name) => chat.id(name)));

    const startedAt = performance.now();
    await Promise.all(
      markers.map((client) => run(client, bothMarks, { id: message.id })),
    );
    const tookMs = Math.round(performance.now() - startedAt);
    await watching.until(
      () => lastTold(watching, message)?.overallStatus === "READ",
    );
    expect(lastTold(watching, message)).toEqual({
      overallStatus: "READ",
      totalRecipients: 1_000,
      deliveredCount: 1_000,
      readCount: 1_000,
      summaryText: "Read by all",
    });
    expect(await chat.counts("alice", message)).toEqual(
      lastTold(watching, message),
    );
    expectNeverBackwards(watching);
    expect(watching.all.length).toBeLessThan(100);
    await annotate(
      `2,000 marks by 1,000 participants in ${tookMs} ms: ${watching.all.length} events`,
    );
    for (const client of markers) await client.dispose();
  });

  it("R24: reading 10,000 messages up to the last is one event of less than 64 KiB", async ({
    annotate,
  }) => {
    const chat = new Chat(server);
    await chat.conversation("alice", "bob", "carol");
    await say(chat, "alice", 10_000);
    const newest = (await chat.messages("alice"))?.at(-1) as Message;
    expect(newest.seq).toBe(10_000);
    const after = await chat.cursor("alice");
    const frames: number[] = [];
    const token = await server.token(chat.id("alice"));
    const client = createClient({
      url: server.wsUrl,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
      on: {
        message: (message) => {
          if (message.type === MessageType.Next)
            frames.push(Buffer.byteLength(JSON.stringify(message)));
        },
      },
    });
    const events = client.iterate<{ messageStatusChanged: StatusChange }>({
      query: `subscription ($id: ID, $after: Cursor) {
        messageStatusChanged(conversationId: $id, after: $after) {
          cursor reset messageCount
          conversation { id cursor }
          receipts { kind at fromSeq toSeq participant { id user { id displayName avatarUrl } role isActive joinedAt deliveredUpToSeq readUpToSeq } }
          messages(last: 50) {
            id clientId seq body type sentAt sender { id displayName }
            status { id ${countFields} recipients { totalCount nodes { id user { id } state statusText deliveredAt readAt } } }
          }
        }
      }`,
      variables: { id: chat.conversationId, after },
    });
    const next = async () => {
      const { value } = (await events.next()) as {
        value: Answer<{ messageStatusChanged: StatusChange }>;
      };
      return dataOf(value).messageStatusChanged;
    };
    await chat.readUpTo("bob", newest);
    const event = await next();
    expect(event.messageCount).toBe(10_000);
    expect(event.receipts).toMatchObject([
      { kind: "READ", fromSeq: 1, toSeq: 10_000 },
    ]);
    expect(event.messages).toHaveLength(50);
    expect(event.messages[0]).toMatchObject({
      seq: 10_000,
      status: { summaryText: "Read by 1 of 2" },
    });
    // What follows is the next change: there was no second event.
    await chat.receive("carol", newest);
    expect((await next()).receipts).toMatchObject([
      { kind: "DELIVERED", fromSeq: 10_000, toSeq: 10_000 },
    ]);
    expect(frames[0]).toBeLessThan(64 * 1_024);
    await annotate(`10,000 messages read: 1 event, ${frames[0] ?? 0} bytes`);
    await client.dispose();
  });

  it("R22, R24: 9,000 scattered marks after the cursor of one who comes back alone are all told, by a few events, without another change", async ({
    annotate,
  }) => {
    const chat = new Chat(server);
    const readers = people(90);
    await chat.conversation("alice", ...readers);
    await say(chat, "alice", 200);
    const after = await chat.cursor("alice");
    // Every other message, so that no two marks are one run.
    const everyOther = Array.from({ length: 100 }, (_, i) => 2 * i + 1);
    await Promise.all(
      readers.flatMap((name) =>
        everyOther.map((seq) =>
          server.services.receipts.mark(
            { userId: chat.id(name), isService: false, expiresAtMs: Infinity },
            "READ",
            { conversationId: chat.conversationId, seq },
            { upTo: false },
          ),
        ),
      ),
    );
    const watching = server.connect(chat.id("alice")).subscribe<{
      messageStatusChanged: {
        receipts: StatusChange["receipts"];
      };
    }>(
      `subscription ($id: ID, $after: Cursor) {
          messageStatusChanged(conversationId: $id, after: $after) {
            receipts { fromSeq toSeq participant { user { id } } }
          }
        }`,
      { id: chat.conversationId, after },
    );
    const told = () =>
      new Set(
        watching.all.flatMap(({ data }) =>
          (data?.messageStatusChanged.receipts ?? []).flatMap(
            ({ fromSeq, toSeq, participant }) =>
              Array.from(
                { length: toSeq - fromSeq + 1 },
                (_, i) => `${fromSeq + i} ${participant.user.id}`,
              ),
          ),
        ),
      );
    await watching.until(() => told().size === 9_000).catch(() => undefined);
    expect(told().size).toBe(9_000);
    expect(watching.all.length).toBeLessThanOrEqual(10);
    await annotate(`9,000 marks missed: ${watching.all.length} event(s)`);
  });
});

describe("R23: the status of a message never goes backwards within a subscription", () => {
  it("R23: also for those who subscribe in the middle of a storm with an old cursor", async ({
    annotate,
  }) => {
    const chat = new Chat(server);
    const readers = people(100);
    await chat.conversation("alice", ...readers);
    await say(chat, "alice", 20);
    const messages = (await chat.messages("alice")) ?? [];
    const after = await chat.cursor("alice");
    const markers = await openSockets(readers.map((name) => chat.id(name)));
    const socket = server.connect(chat.id("alice"));
    const subscribe = (): Watching =>
      socket.subscribe(statusDocument, { id: chat.conversationId, after });
    const subscribers: Watching[] = [subscribe()];

    // One after another comes in as the storm goes on: at every 100th answer.
    let answers = 0;
    await Promise.all(
      markers.map(async (client, i) => {
        for (let n = 0; n < messages.length; n++) {
          const { id } = messages[(i + n) % messages.length] as Message;
          await run(client, bothMarks, { id });
          if (++answers % 100 === 0) subscribers.push(subscribe());
        }
      }),
    );

    expect(subscribers).toHaveLength(21);
    for (const watching of subscribers) {
      await watching.until(() =>
        messages.every(
          (message) => lastTold(watching, message)?.readCount === 100,
        ),
      );
      for (const message of messages)
        expect(lastTold(watching, message)).toMatchObject({
          deliveredCount: 100,
          summaryText: "Read by all",
        });
      expectNeverBackwards(watching);
    }
    const counts = subscribers.map(({ all }) => all.length);
    await annotate(
      `4,000 marks: ${counts[0] ?? 0} events to the first of 21 subscribers, ${counts.at(-1) ?? 0} to the last`,
    );
    for (const client of markers) await client.dispose();
  });
});
