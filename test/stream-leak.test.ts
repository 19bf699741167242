import { createHook } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Chat } from "./support/chat.js";
import { tireless } from "./support/fair.js";
import { startTestServer, type TestServer } from "./support/server.js";

// What a subscription took is given back when it ends, whichever way it ends.

let server: TestServer;
let chat: Chat;
/** A place before the only change there was: a subscription after it gets an event at once. */
let after: string;
beforeEach(async () => {
  process.on("warning", onWarning);
  subscribe("net.server.socket", onAccepted);
  server = await startTestServer({}, { fair: tireless });
  chat = new Chat(server);
  await chat.conversation("alice", "bob");
  after = await chat.cursor("alice");
  await chat.read("bob", await chat.say("alice"));
});
afterEach(async () => {
  await server.close();
  unsubscribe("net.server.socket", onAccepted);
  process.off("warning", onWarning);
});

const warnings: Error[] = [];
function onWarning(warning: Error): void {
  warnings.push(warning);
}

/** The server's ends of connections. */
const accepted = new Set<Socket>();
function onAccepted(message: unknown): void {
  const { socket } = message as { socket: Socket };
  accepted.add(socket);
  socket.once("close", () => accepted.delete(socket));
}

const statusDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) { cursor messages { id status { summaryText } } }
}`;
const addedDocument = `subscription ($id: ID, $after: Cursor) {
  messageAdded(conversationId: $id, after: $after) { cursor message { id } }
}`;

/** A socket that speaks `graphql-transport-ws` by hand, so that it can end things at any moment. */
class Line {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<string, () => void>();
  private ids = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer) => {
      const { id = "", type } = JSON.parse(data.toString()) as {
        id?: string;
        type: string;
      };
      const key = type === "connection_ack" ? "ack" : id;
      this.waiting.get(key)?.();
      this.waiting.delete(key);
    });
  }

  static async open(name: string): Promise<Line> {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    await once(socket, "open");
    const line = new Line(socket);
    const ack = line.reply("ack");
    const authorization = `Bearer ${await server.token(chat.id(name))}`;
    line.send({ type: "connection_init", payload: { authorization } });
    await ack;
    return line;
  }

  /** @returns the id, and a promise of the first answer */
  subscribe(query: string, variables: object): [string, Promise<void>] {
    const id = `${++this.ids}`;
    const reply = this.reply(id);
    this.send({ id, type: "subscribe", payload: { query, variables } });
    return [id, reply];
  }

  complete(id: string): void {
    this.waiting.delete(id);
    this.send({ id, type: "complete" });
  }

  terminate(): void {
    this.socket.terminate();
  }

  async close(): Promise<void> {
    const closed = once(this.socket, "close");
    this.socket.close();
    await closed;
  }

  private reply(key: string): Promise<void> {
    return new Promise((resolve) => this.waiting.set(key, resolve));
  }

  private send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}

/** One subscription, started and ended: in turn in each of the ways there are. */
async function cycle(line: Line, turn: number): Promise<void> {
  const id = chat.conversationId;
  switch (turn % 5) {
    case 0: {
      const [operation, event] = line.subscribe(statusDocument, { id, after });
      await event;
      line.complete(operation);
      return;
    }
    case 1: {
      const [operation, event] = line.subscribe(addedDocument, { after });
      await event;
      line.complete(operation);
      return;
    }
    case 2: {
      // Ended before it has begun.
      const [operation] = line.subscribe(statusDocument, { after });
      line.complete(operation);
      return;
    }
    case 3: {
      // Ended while it begins.
      const [operation] = line.subscribe(statusDocument, { id });
      await delay(turn % 3);
      line.complete(operation);
      return;
    }
    default: {
      const [, refusal] = line.subscribe(statusDocument, { id: "nowhere" });
      await refusal;
    }
  }
}

/** Subscriptions of a socket that breaks off at any moment of their beginning. */
async function breakOff(turn: number): Promise<void> {
  const line = await Line.open(turn % 2 === 0 ? "alice" : "bob");
  const events = Array.from({ length: 10 }, (_, i) => {
    const [, event] = line.subscribe(
      i % 2 === 0 ? statusDocument : addedDocument,
      { after, ...(i % 3 > 0 && { id: chat.conversationId }) },
    );
    return event;
  });
  if (turn % 4 === 0) await Promise.all(events);
  else if (turn % 4 > 1) await delay(turn % 7);
  line.terminate();
}

async function run(lines: readonly Line[], cycles: number): Promise<void> {
  let turn = 0;
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      while (turn < cycles)
        await cycle(lines[i % lines.length] as Line, turn++);
    }),
  );
}

const nothing = { subscriptions: 0, feeds: 0, followers: 0 };

/** Waits until the hub holds nothing: what the clients ended has then reached the server. */
async function untilEmpty(): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (server.services.hub.size.subscriptions > 0 && Date.now() < deadline)
    await delay(10);
  expect(server.services.hub.size).toEqual(nothing);
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await delay(10);
  }
  return process.memoryUsage().heapUsed;
}

const listeners = () =>
  [...accepted].reduce(
    (sum, socket) =>
      sum +
      socket
        .eventNames()
        .reduce((count, name) => count + socket.listenerCount(name), 0),
    0,
  );

/** What keeps the process alive, by kind. */
function resources(kind: string): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind)
    .length;
}

describe("what a subscription took is given back", () => {
  it(
    "10,000 subscriptions, begun and ended in every way, leave no subscription, feed, listener or memory behind",
    { timeout: 120_000 },
    async ({ annotate }) => {
      const lines = await Promise.all(
        ["alice", "bob", "alice", "bob"].map((name) => Line.open(name)),
      );
      await run(lines, 1_000); // caches, pools and compiled code are there from here on
      for (let turn = 0; turn < 8; turn++) await breakOff(turn);
      await untilEmpty();
      const before = {
        heap: await heapUsed(),
        listeners: listeners(),
        timers: resources("Timeout"),
        sockets: resources("TCPSocketWrap"),
      };

      await run(lines, 10_000);
      for (let turn = 0; turn < 40; turn++) await breakOff(turn);
      await untilEmpty();

      const grownMb = ((await heapUsed()) - before.heap) / 1_000_000;
      await annotate(`heap grown by ${grownMb.toFixed(1)} MB`);
      expect(grownMb).toBeLessThan(20);
      expect(listeners()).toBe(before.listeners);
      expect(resources("Timeout")).toBeLessThanOrEqual(before.timers + 2);
      expect(resources("TCPSocketWrap")).toBeLessThanOrEqual(
        before.sockets + 2,
      );
      expect(
        warnings.filter(({ name }) => name === "MaxListenersExceededWarning"),
      ).toEqual([]);
      // And what is there still works: a subscription is one subscription, and gets its event.
      const [operation, event] = (lines[0] as Line).subscribe(statusDocument, {
        id: chat.conversationId,
        after,
      });
      await event;
      expect(server.services.hub.size).toEqual({
        subscriptions: 1,
        feeds: 1,
        followers: 1,
      });
      (lines[0] as Line).complete(operation);
      await untilEmpty();
      for (const line of lines) await line.close();
    },
  );

  it("who begins to listen to all conversations while these are looked through listens to each once", async () => {
    const line = await Line.open("alice");
    const begun = Promise.all(
      Array.from({ length: 20 }, () =>
        line.subscribe(statusDocument, { after }),
      ).map(([, event]) => event),
    );
    const looking = new AbortController();
    void begun.then(() => {
      looking.abort();
    });
    let most = 0;
    while (!looking.signal.aborted) {
      await server.services.hub.sweep();
      most = Math.max(most, server.services.hub.size.followers);
      await setImmediate();
    }
    expect(most).toBeLessThanOrEqual(20);
    // In a conversation that is quiet for some sweeps followers rest. The next change gives each its place again.
    await chat.say("alice");
    await expect
      .poll(() => server.services.hub.size)
      .toEqual({ subscriptions: 20, feeds: 1, followers: 20 });
    await line.close();
    await untilEmpty();
  });

  it("200 sockets that break off leave no timer behind, not even one that keeps nothing alive", async () => {
    // Node's list of resources leaves out timers that are unref'ed; hooks see all.
    const timers = new Set<number>();
    const hook = createHook({
      init(id, type) {
        if (type === "Timeout") timers.add(id);
      },
      destroy(id) {
        timers.delete(id);
      },
    }).enable();
    try {
      const breakOffMany = async (count: number) => {
        for (let turn = 0; turn < count; turn += 20)
          await Promise.all(
            Array.from({ length: 20 }, (_, i) => breakOff(turn + i)),
          );
        await untilEmpty();
      };
      await breakOffMany(20);
      const before = timers.size;
      await breakOffMany(200);
      const deadline = Date.now() + 10_000;
      while (timers.size > before + 10 && Date.now() < deadline)
        await delay(50);
      expect(timers.size).toBeLessThanOrEqual(before + 10);
    } finally {
      hook.disable();
    }
  });

  it("who is removed, or has no token any more, leaves nothing behind", async () => {
    await chat.add("alice", "carol");
    const removed = server.connect(chat.id("carol"));
    const one = removed.subscribe(statusDocument, { id: chat.conversationId });
    const all = removed.subscribe(statusDocument, {});
    const expiring = server.connect(chat.id("bob"), { ttlSeconds: 3 });
    const late = expiring.subscribe(statusDocument, { after });
    await late.next();
    await expect.poll(() => server.services.hub.size.subscriptions).toBe(3);
    // A subscription to all conversations gets a follower when something changes in one of them.
    await chat.receive("bob", await chat.say("alice"));
    await expect
      .poll(() => server.services.hub.size)
      .toEqual({ subscriptions: 3, feeds: 1, followers: 3 });
    await chat.remove("alice", "carol");
    await one.completed;
    await expiring.closed;
    await expect
      .poll(() => server.services.hub.size)
      .toEqual({ subscriptions: 1, feeds: 0, followers: 0 });
    all.stop();
    await untilEmpty();
  });
});
