import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Chat } from "./support/chat.js";
import { serverForFile } from "./support/for-file.js";
import { openNetwork } from "./support/network.js";

// What takes half a minute: sockets whose other end is not there any more, or does not read.

const server = serverForFile({ SWEEP_MS: "60000" });
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  sockets.clear();
  await expect.poll(() => server.services.hub.size.subscriptions).toBe(0);
});

const foundWithinMs = 30_000;
const timeout = 90_000;

const heavyDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor messages { body status { readCount } }
  }
}`;

const sockets = new Set<WebSocket>();

/** A subscriber by graphql-ws, and its socket. */
async function subscribeAs(
  userId: string,
  variables: object,
  url = server.wsUrl,
) {
  const token = await server.token(userId);
  const events: unknown[] = [];
  let onOpened = (_socket: WebSocket): void => undefined;
  const opened = new Promise<WebSocket>((resolve) => {
    onOpened = resolve;
  });
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
    on: {
      opened: (socket) => {
        onOpened(socket as WebSocket);
      },
    },
  });
  client.subscribe(
    { query: heavyDocument, variables: { ...variables } },
    {
      next: (event) => events.push(event),
      error: () => undefined,
      complete: () => undefined,
    },
  );
  await expect.poll(() => events.length).toBe(1);
  const socket = await opened;
  sockets.add(socket);
  return { events, socket };
}

/** A conversation whose every event is about 1 MiB, and a first one to come. */
async function heavyConversation(readers: readonly string[]) {
  const chat = new Chat(server);
  await chat.conversation("alice", ...readers);
  for (let i = 0; i < 17; i++) await chat.say("alice", "x".repeat(60 * 1_024));
  const after = await chat.cursor("alice");
  const newest = await chat.say("alice");
  await chat.receive(readers[0] ?? "", newest);
  return { chat, newest, variables: { id: chat.conversationId, after } };
}

async function untilNobodyListens(): Promise<number> {
  const startedAt = performance.now();
  await expect
    .poll(() => server.services.hub.size.subscriptions, {
      timeout: 2.5 * foundWithinMs,
      interval: 50,
    })
    .toBe(0);
  return performance.now() - startedAt;
}

describe("dead sockets are found within 30 seconds", () => {
  it(
    "one whose network has fallen silent is let go, with its subscriptions; one that only says nothing is not",
    { timeout },
    async ({ annotate }) => {
      const chat = new Chat(server);
      await chat.conversation("alice", "bob");
      const after = await chat.cursor("alice");
      const first = await chat.say("alice");
      await chat.receive("bob", first);
      const variables = { id: chat.conversationId, after };
      const network = await openNetwork(server.url);
      const url = `ws://127.0.0.1:${network.port}/graphql`;
      await subscribeAs(chat.id("alice"), variables, url);
      const quiet = await subscribeAs(chat.id("bob"), variables);
      expect(server.services.hub.size.subscriptions).toBe(2);
      network.fallSilent();
      const startedAt = performance.now();
      await expect
        .poll(() => server.services.hub.size.subscriptions, {
          timeout: 2 * foundWithinMs,
          interval: 50,
        })
        .toBe(1);
      const tookMs = performance.now() - startedAt;
      await annotate(`found after ${(tookMs / 1_000).toFixed(1)} s`);
      expect(tookMs).toBeLessThan(foundWithinMs);
      await network.close();

      // The other has said nothing for as long, but answers pings.
      await delay(Math.max(0, foundWithinMs - tookMs));
      await chat.read("bob", first);
      await expect.poll(() => quiet.events.length).toBe(2);
      expect(quiet.socket.readyState).toBe(WebSocket.OPEN);
    },
  );

  it(
    "R24: a subscriber that never reads again is let go, half a minute after its patience at the latest",
    { timeout },
    async ({ annotate }) => {
      const readers = Array.from({ length: 30 }, (_, i) => `p${i}`);
      const { chat, newest, variables } = await heavyConversation(readers);
      const { socket } = await subscribeAs(chat.id("alice"), variables);
      socket.pause();
      for (const name of readers) await chat.readUpTo(name, newest);
      const tookMs = await untilNobodyListens();
      await annotate(`let go after ${(tookMs / 1_000).toFixed(1)} s`);
      expect(tookMs).toBeLessThan(server.config.stuckMs + foundWithinMs);
    },
  );

  it(
    "R24: a subscriber that stays stuck finds 4408 when it reads again, with the patience that a server has by itself",
    { timeout },
    async () => {
      const readers = Array.from({ length: 30 }, (_, i) => `p${i}`);
      const { chat, newest, variables } = await heavyConversation(readers);
      const { socket } = await subscribeAs(chat.id("alice"), variables);
      const closed = once(socket, "close") as Promise<[number]>;
      socket.pause();
      for (const name of readers) await chat.readUpTo(name, newest);
      await delay(server.config.stuckMs + 2_000); // longer than it may be stuck
      socket.resume();
      expect((await closed)[0]).toBe(4_408);
    },
  );
});

describe("what one user may take", () => {
  it(
    "250 sockets; one more is closed with 4429, and is taken once another has gone",
    { timeout },
    async () => {
      const token = await server.token("crowd");
      const open = async () => {
        const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
        sockets.add(socket);
        socket.on("error", () => undefined);
        await once(socket, "open");
        const answered = Promise.race([
          once(socket, "message").then(() => "taken"),
          once(socket, "close").then(([code]) => code as number),
        ]);
        const payload = { authorization: `Bearer ${token}` };
        socket.send(JSON.stringify({ type: "connection_init", payload }));
        return { socket, answer: await answered };
      };
      const opened: Awaited<ReturnType<typeof open>>[] = [];
      for (let i = 0; i < 5; i++)
        opened.push(
          ...(await Promise.all(Array.from({ length: 50 }, () => open()))),
        );
      expect(new Set(opened.map(({ answer }) => answer))).toEqual(
        new Set(["taken"]),
      );
      expect((await open()).answer).toBe(4_429);
      opened[0]?.socket.close();
      await expect.poll(async () => (await open()).answer).toBe("taken");
      expect((await open()).answer).toBe(4_429);
    },
  );
});
