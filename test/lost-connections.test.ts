import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { expect, it } from "vitest";
import { signToken } from "../src/auth/token.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import {
  fromSources,
  post,
  startServerProcess,
} from "./support/server-process.js";
import {
  createTestDatabase,
  testSecret,
  type Answer,
} from "./support/server.js";

// A node as a process of its own, whose connections to Postgres are ended from Postgres's side, as a
// restart, a failover or an operator does.

const cleanups = cleanupsAfterEachTest();

const rounds = 60;
const writers = 12;
const patienceMs = 20_000;

// They are so many that nobody of them meets the rate of sends.
const senders = Array.from({ length: 100 }, (_, n) => `sender-${String(n)}`);

const create = `mutation ($id: ID!, $participantIds: [ID!]!) {
  createConversation(input: { id: $id, participantIds: $participantIds }) { conversation { id } }
}`;
const send = `mutation ($conversationId: ID!, $clientId: String!) {
  sendMessage(input: { conversationId: $conversationId, clientId: $clientId, body: "hello" }) { message { id } }
}`;

it("outlives the loss of its connections, in transactions too: what it acknowledged is stored, and all of the pool works again", async () => {
  const { url, drop } = await createTestDatabase();
  cleanups.push(drop);
  const server = await startServerProcess(fromSources, {
    env: {
      PORT: "0",
      AUTH_JWT_SECRET: testSecret,
      DATABASE_URL: url,
      LOG_LEVEL: "silent",
    },
  });
  cleanups.push(() => server.kill());
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  cleanups.push(() => admin.end());

  async function isDone(
    userId: string,
    query: string,
    variables: Record<string, unknown>,
  ): Promise<boolean> {
    const token = await signToken(testSecret, { userId, ttlSeconds: 600 });
    const response = await post(server, token, query, variables);
    const { errors = [] } = (await response.json()) as Answer<unknown>;
    const codes = errors.map((error) => error.extensions?.code);
    // Nothing else is said of a lost connection.
    expect(["", "UNAVAILABLE"]).toContain(codes.join());
    return codes.length === 0;
  }

  const main = randomUUID();
  expect(
    await isDone("alice", create, { id: main, participantIds: senders }),
  ).toBe(true);
  const acknowledged = { conversations: [main], clientIds: [] as string[] };
  let isOver = false;
  let refused = 0;
  let written = 0;
  async function write(): Promise<void> {
    while (!isOver) {
      const id = randomUUID();
      // Each conversation has a creator of its own, as their rate is low.
      if (await isDone(id, create, { id, participantIds: ["bob", "carol"] }))
        acknowledged.conversations.push(id);
      else refused++;
      const sender = senders[written++ % senders.length] ?? "";
      if (await isDone(sender, send, { conversationId: main, clientId: id }))
        acknowledged.clientIds.push(id);
      else refused++;
    }
  }
  async function endConnections(): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const before = acknowledged.clientIds.length;
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'acked' and datname = current_database()`;
      // At another moment of the work each time, and never before it goes on.
      await expect
        .poll(() => acknowledged.clientIds.length, {
          interval: round % 7,
          timeout: patienceMs,
        })
        .toBeGreaterThan(before);
    }
    isOver = true;
  }
  await Promise.all([
    endConnections(),
    ...Array.from({ length: writers }, write),
  ]);
  expect(refused).toBeGreaterThan(0);

  const [stored] = await admin<{ conversations: number; messages: number }[]>`
    select
      (select count(*)::int from conversations where id = any(${acknowledged.conversations})) as conversations,
      (select count(*)::int from messages where client_id = any(${acknowledged.clientIds})) as messages`;
  expect(stored).toEqual({
    conversations: acknowledged.conversations.length,
    messages: acknowledged.clientIds.length,
  });

  // Each connection of the pool gets something to do; one of no use fails it when it should have connected.
  const after = await Promise.all(
    Array.from({ length: 100 }, () =>
      isDone("alice", create, { id: randomUUID(), participantIds: ["bob"] }),
    ),
  );
  expect(after).not.toContain(false);
}, 60_000);
