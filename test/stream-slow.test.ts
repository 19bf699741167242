import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  it,
  onTestFinished,
} from "vitest";
import { WebSocket } from "ws";
import { Chat, type Message } from "./support/chat.js";
import { serverForFile } from "./support/for-file.js";
import type { TestServer } from "./support/server.js";

// Subscribers whose device does not read. The server's end of each connection is found by Node's own
// channel for new ones, so that what is buffered there is measured and not guessed.

const stuckMs = 1_000;
const kib = 1_024;
const mib = 1_024 * kib;

beforeAll(() => subscribe("net.server.socket", onAccepted));
afterAll(() => void unsubscribe("net.server.socket", onAccepted));
const server = serverForFile({ SWEEP_MS: "60000" });
const impatient = serverForFile({ SWEEP_MS: "60000" }, { stuckMs });
afterEach(() => {
  for (const client of clients) client.end();
  clients.clear();
});

/** The servers' ends of the open connections, by the port of the client's end. */
const accepted = new Map<number, Socket>();

function onAccepted(message: unknown): void {
  const { socket } = message as { socket: Socket };
  const { remotePort } = socket;
  if (remotePort === undefined) return;
  accepted.set(remotePort, socket);
  socket.once("close", () => accepted.delete(remotePort));
}

interface Frame<T> {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly data?: T };
}

const clients = new Set<SlowClient<unknown>>();

/** Speaks `graphql-transport-ws` by hand, and stops reading when told to. */
class SlowClient<T> {
  readonly frames: Frame<T>[] = [];
  bytes = 0;
  /** The code that the socket was closed with. */
  readonly closed: Promise<number>;
  private readonly socket: WebSocket;
  private readonly serverEnd: Socket;
  private readonly waiting = new Set<() => void>();

  private constructor(socket: WebSocket, serverEnd: Socket) {
    this.socket = socket;
    this.serverEnd = serverEnd;
    this.closed = new Promise((resolve) => {
      socket.once("close", resolve);
    });
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer) => {
      this.bytes += data.length;
      this.frames.push(JSON.parse(data.toString()) as Frame<T>);
      for (const wake of this.waiting) wake();
    });
    clients.add(this);
  }

  /** Connects as a user, up to the acknowledgement. */
  static async open<T>(
    { wsUrl, token }: TestServer,
    userId: string,
  ): Promise<SlowClient<T>> {
    const socket = new WebSocket(wsUrl, "graphql-transport-ws");
    const port = new Promise<number>((resolve, reject) => {
      socket.once("upgrade", (response: IncomingMessage) => {
        resolve(response.socket.localPort ?? 0);
      });
      socket.once("error", reject);
    });
    const opened = new Promise((resolve) => {
      socket.once("open", resolve);
    });
    const serverEnd = accepted.get(await port);
    if (!serverEnd) throw new Error("the server's end was not seen");
    const client = new SlowClient<T>(socket, serverEnd);
    await opened;
    const authorization = `Bearer ${await token(userId)}`;
    client.send({ type: "connection_init", payload: { authorization } });
    await client.until(() => client.frames[0]?.type === "connection_ack");
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: object): void {
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }

  /** Stops reading: what the server sends stays in the system's buffers, then in the server's. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.terminate();
  }

  /** Bytes that wait in the server's memory for this connection. */
  get serverBuffered(): number {
    return this.serverEnd.writableLength;
  }

  get isGone(): boolean {
    return this.serverEnd.destroyed;
  }

  /** The results of an operation so far. */
  results(id = "1"): T[] {
    return this.frames.flatMap((frame) =>
      frame.id === id && frame.payload?.data ? [frame.payload.data] : [],
    );
  }

  async until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!condition()) {
      if (Date.now() > deadline)
        throw new Error(`waited ${timeoutMs} ms, ${this.frames.length} frames`);
      await Promise.race([
        new Promise<void>((resolve) => {
          const wake = () => {
            this.waiting.delete(wake);
            resolve();
          };
          this.waiting.add(wake);
        }),
        delay(50),
      ]);
    }
  }
}

interface StatusData {
  readonly messageStatusChanged: {
    readonly cursor: string;
    readonly messages: readonly {
      readonly seq: number;
      readonly status: {
        readonly deliveredCount: number;
        readonly readCount: number;
        readonly summaryText: string;
      };
    }[];
  };
}

interface AddedData {
  readonly messageAdded: { readonly message: { readonly seq: number } };
}

const heavyDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor
    messages(last: 50) { seq body status { deliveredCount readCount summaryText } }
  }
}`;

const lightDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) { cursor }
}`;

const addedDocument = (fields: string) =>
  `subscription ($id: ID, $after: Cursor) {
    messageAdded(conversationId: $id, after: $after) { message { ${fields} } }
  }`;

const people = (count: number) =>
  Array.from({ length: count }, (_, i) => `p${i}`);

/** Stores messages with bodies of that size, all at once. */
async function say(
  { services }: TestServer,
  chat: Chat,
  count: number,
  bodyBytes: number,
): Promise<void> {
  const viewer = {
    userId: chat.id("alice"),
    isService: false,
    expiresAtMs: Infinity,
  };
  const start = (await chat.messages("alice"))?.at(-1)?.seq ?? 0;
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      services.messages.send(viewer, {
        conversationId: chat.conversationId,
        clientId: `${chat.conversationId} ${start + i}`,
        body: "x".repeat(bodyBytes),
        type: "text",
        fileType: null,
        senderId: null,
      }),
    ),
  );
}

/** A conversation of fifty messages, 20 KiB each: an event that lists them all is about 1 MiB. */
async function heavyConversation(
  on: TestServer,
  readers: readonly string[],
): Promise<{ chat: Chat; newest: Message; after: string }> {
  const chat = new Chat(on);
  await chat.conversation("alice", ...readers);
  await say(on, chat, 50, 20 * kib);
  const newest = (await chat.messages("alice"))?.at(-1);
  if (!newest) throw new Error("nothing was said");
  return { chat, newest, after: await chat.cursor("alice") };
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

describe("R24: a slow subscriber gets fewer, larger events, never an unbounded queue", () => {
  it("R23, R24: one that does not read for 120 events of 1 MiB is buffered little, gets few of them, and the last is exact; others are not slowed", async ({
    annotate,
  }) => {
    const readers = people(70);
    const { chat, newest, after } = await heavyConversation(server, readers);
    const variables = { id: chat.conversationId, after };
    const fast = server
      .connect(chat.id("alice"))
      .subscribe<unknown>(lightDocument, variables);
    const slow = await SlowClient.open<StatusData>(server, chat.id("alice"));
    slow.subscribe("1", heavyDocument, variables);
    /** Everyone receives all, then reads all; answers how long each change took to the fast one. */
    const markAll = async (names: readonly string[]) => {
      const tookMs: number[] = [];
      for (const name of names)
        for (const mark of ["receiveUpTo", "readUpTo"] as const) {
          const startedAt = performance.now();
          await chat[mark](name, newest);
          await fast.next();
          tookMs.push(performance.now() - startedAt);
        }
      return tookMs;
    };
    const before = await markAll(readers.slice(0, 10));
    await slow.until(() => slow.results().length > 0);
    slow.pause();
    const bytesBefore = slow.bytes;
    const during = await markAll(readers.slice(10));
    const buffered = slow.serverBuffered;
    slow.resume();
    const last = () => slow.results().at(-1)?.messageStatusChanged.messages;
    await slow.until(() => last()?.at(-1)?.status.readCount === 70);

    expect(buffered).toBeGreaterThan(64 * kib);
    expect(buffered).toBeLessThan(2.5 * mib);
    expect(last()?.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 50 }, (_, i) => 50 - i),
    );
    for (const { status } of last() ?? [])
      expect(status).toEqual({
        deliveredCount: 70,
        readCount: 70,
        summaryText: "Read by all",
      });
    const counts = slow
      .results()
      .map(
        ({ messageStatusChanged: { messages } }) =>
          messages[0]?.status.readCount ?? 0,
      );
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    const bytes = slow.bytes - bytesBefore;
    // Twenty from before, what the system's own buffers hold, and one for all the rest.
    expect(slow.results().length).toBeLessThan(90);
    expect(bytes).toBeLessThan(70 * mib);
    expect(median(during)).toBeLessThan(5 * median(before) + 50);
    await annotate(
      `120 events of 1 MiB while paused: ${(buffered / kib).toFixed(0)} KiB buffered in the server, ` +
        `${(bytes / mib).toFixed(1)} MiB received, ${slow.results().length} events in all; ` +
        `others: ${median(before).toFixed(1)} ms a change before, ${median(during).toFixed(1)} ms during`,
    );
  });

  it("R24: messages that are sent meanwhile do not pile up for it either, and arrive in order, none missing", async ({
    annotate,
  }) => {
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    const variables = {
      id: chat.conversationId,
      after: await chat.cursor("alice"),
    };
    const slow = await SlowClient.open<AddedData>(server, chat.id("bob"));
    slow.subscribe("1", addedDocument("seq body"), variables);
    await chat.say("alice");
    await slow.until(() => slow.results().length === 1);
    slow.pause();
    const fast = server
      .connect(chat.id("bob"))
      .subscribe<AddedData>(addedDocument("seq"), variables);
    await say(server, chat, 600, 60 * kib);
    await fast.until((all) => all.length === 601);
    const buffered = slow.serverBuffered;
    slow.resume();
    await slow.until(() => slow.results().length >= 601);
    expect(
      slow.results().map(({ messageAdded }) => messageAdded.message.seq),
    ).toEqual(Array.from({ length: 601 }, (_, i) => i + 1));
    await annotate(
      `600 messages of 60 KiB while paused: ${(buffered / kib).toFixed(0)} KiB buffered`,
    );
    expect(buffered).toBeLessThan(1 * mib);
  });

  it("R24: what it resumes with does not pile up for it either", async ({
    annotate,
  }) => {
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    const variables = {
      id: chat.conversationId,
      after: await chat.cursor("alice"),
    };
    await say(server, chat, 600, 60 * kib);
    const slow = await SlowClient.open<AddedData>(server, chat.id("bob"));
    slow.subscribe("1", addedDocument("seq body"), variables);
    slow.pause();
    // By the time that another has all of it, the slow one's part was read as well.
    const fast = server
      .connect(chat.id("bob"))
      .subscribe<AddedData>(addedDocument("seq body"), variables);
    await fast.until((all) => all.length === 600).catch(() => undefined);
    const buffered = slow.serverBuffered;
    await annotate(
      `600 messages of 60 KiB to resume with: ${(buffered / kib).toFixed(0)} KiB buffered`,
    );
    expect(buffered).toBeLessThan(1 * mib);
    slow.resume();
    await slow.until(() => slow.results().length >= 600);
    expect(
      slow.results().map(({ messageAdded }) => messageAdded.message.seq),
    ).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
  });

  it("R22, R24: one that falls behind and catches up while others are still being served gets every message once and in order", async () => {
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    /** A subscriber whose socket and pace are the test's: when it is full, and how long a result takes. */
    const listen = async (key: string) => {
      const seqs: number[] = [];
      const held = new Map<number, () => void>();
      const drained: (() => void)[] = [];
      const subscriber = {
        seqs,
        /** The results that are held up. */
        hold: new Set<number>(),
        isCongested: false,
        isHeld: (seq: number) => held.has(seq),
        release(seq: number) {
          subscriber.hold.delete(seq);
          held.get(seq)?.();
        },
        drain() {
          subscriber.isCongested = false;
          for (const resume of drained.splice(0)) resume();
        },
      };
      const end = await server.services.hub.subscribe({
        kind: "messages",
        viewer: {
          userId: chat.id("bob"),
          isService: false,
          expiresAtMs: Infinity,
        },
        conversationId: chat.conversationId,
        sentByViewer: false,
        after,
        operation: {
          key,
          isPerViewer: false,
          async execute(event) {
            const seq =
              "messageAdded" in event ? event.messageAdded.message.seq : 0;
            if (subscriber.hold.has(seq))
              await new Promise<void>((resolve) => held.set(seq, resolve));
            return Buffer.from(`${seq}`);
          },
        },
        sink: {
          send: (payload) => seqs.push(Number(payload.toString())),
          get isCongested() {
            return subscriber.isCongested;
          },
          whenDrained: (resume) => drained.push(resume),
          complete: () => undefined,
        },
      });
      onTestFinished(end);
      return subscriber;
    };
    const steady = await listen("steady");
    const wavering = await listen("wavering");
    await chat.say("alice");
    await expect.poll(() => [steady.seqs, wavering.seqs]).toEqual([[1], [1]]);

    // Three at once. The steady one is busy with the first when the other has to fall behind.
    steady.hold.add(2);
    wavering.isCongested = true;
    await say(server, chat, 3, 10);
    await expect.poll(() => steady.isHeld(2)).toBe(true);
    // It drains, and catches up, but is not done with the first when the round goes on.
    wavering.hold.add(2);
    wavering.drain();
    await expect.poll(() => wavering.isHeld(2)).toBe(true);
    steady.release(2);
    await expect.poll(() => steady.seqs).toEqual([1, 2, 3, 4]);
    wavering.release(2);
    await expect.poll(() => wavering.seqs.length).toBeGreaterThanOrEqual(4);

    // Again; this time it catches up with more than what the round was about.
    steady.hold.add(5);
    wavering.isCongested = true;
    await say(server, chat, 1, 10);
    await expect.poll(() => steady.isHeld(5)).toBe(true);
    await chat.say("alice");
    wavering.drain();
    await expect.poll(() => wavering.seqs.at(-1)).toBe(6);
    steady.release(5);
    await chat.say("alice");
    await expect.poll(() => steady.seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await expect.poll(() => wavering.seqs.at(-1)).toBe(7);
    expect(wavering.seqs).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("R24: the bound is the socket's, however many subscriptions it has", async ({
    annotate,
  }) => {
    const readers = people(20);
    const { chat, newest, after } = await heavyConversation(server, readers);
    const slow = await SlowClient.open<StatusData>(server, chat.id("alice"));
    const ids = Array.from({ length: 50 }, (_, i) => `${i}`);
    for (const id of ids)
      slow.subscribe(id, heavyDocument, { id: chat.conversationId, after });
    await chat.receive(readers[0] ?? "", newest);
    await slow.until(() => ids.every((id) => slow.results(id).length === 1));
    slow.pause();
    const fast = server
      .connect(chat.id("alice"))
      .subscribe<unknown>(lightDocument, {
        id: chat.conversationId,
        after: await chat.cursor("alice"),
      });
    for (const name of readers) {
      await chat.readUpTo(name, newest);
      await fast.next();
    }
    const buffered = slow.serverBuffered;
    slow.resume();
    const counts = (id: string) =>
      slow.results(id).at(-1)?.messageStatusChanged.messages[0]?.status;
    await slow.until(() => ids.every((id) => counts(id)?.readCount === 20));
    await annotate(
      `20 events of 1 MiB to each of 50 subscriptions of a paused socket: ${(buffered / kib).toFixed(0)} KiB buffered`,
    );
    expect(buffered).toBeLessThan(2.5 * mib);
  });
});

/** Changes one thing after another until the server has to hold back what it sends to a client. */
async function congest(
  client: SlowClient<StatusData>,
  changes: (() => Promise<unknown>)[],
): Promise<void> {
  let beyond = 0;
  while (beyond < 2) {
    const change = changes.shift();
    if (!change) throw new Error("all of it was taken");
    await change();
    if (client.serverBuffered > 64 * kib) beyond++;
  }
}

describe("R24: a subscriber that stays stuck is closed with 4408 and resumes by its cursor", () => {
  const setUp = async () => {
    const readers = people(100);
    const { chat, newest, after } = await heavyConversation(impatient, readers);
    const open = async (after: string) => {
      const client = await SlowClient.open<StatusData>(
        impatient,
        chat.id("alice"),
      );
      client.subscribe("1", heavyDocument, { id: chat.conversationId, after });
      return client;
    };
    const client = await open(after);
    await chat.receive("p0", newest);
    await client.until(() => client.results().length === 1);
    const changes = readers.flatMap((name) => [
      () => chat.receiveUpTo(name, newest),
      () => chat.readUpTo(name, newest),
    ]);
    const counts = () =>
      chat
        .counts("alice", newest)
        .then(({ deliveredCount, readCount, summaryText }) => ({
          deliveredCount,
          readCount,
          summaryText,
        }));
    return { client, changes, open, counts };
  };
  const last = (client: SlowClient<StatusData>) =>
    client.results().at(-1)?.messageStatusChanged;

  it("R22, R24: it finds the code when it reads again, and misses nothing", async () => {
    const { client, changes, open, counts } = await setUp();
    client.pause();
    await congest(client, changes);
    await delay(2 * stuckMs); // being stuck for longer than it may is what is tested
    client.resume();
    expect(await client.closed).toBe(4_408);

    const again = await open(last(client)?.cursor ?? "");
    await again.until(() => again.results().length === 1);
    expect(last(again)?.messages[0]?.status).toEqual(await counts());
  });

  it("R24: one that reads again in time is not closed", async () => {
    const { client, changes, counts } = await setUp();
    // Twice, so that the patience with the first time is not held against the second.
    for (let turn = 0; turn < 2; turn++) {
      client.pause();
      await congest(client, changes);
      client.resume();
      const fresh = await counts();
      await client.until(
        () => last(client)?.messages[0]?.status.readCount === fresh.readCount,
      );
    }
    await delay(2 * stuckMs); // a timer that was forgotten would close it by now
    expect(client.isGone).toBe(false);
    expect(last(client)?.messages[0]?.status).toEqual(await counts());
    client.send({ type: "ping" });
    await client.until(() => client.frames.at(-1)?.type === "pong");
  });
});
