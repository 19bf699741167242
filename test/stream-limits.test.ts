import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { dataOf, type StatusChange } from "./support/chat.js";
import { roomy } from "./support/fair.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import type { Events } from "./support/server.js";

// How streams end, and what a socket may take. The server's periodic check is out of the way: what
// must happen at once has to happen by itself.

const server = serverForFile({ SWEEP_MS: "60000" }, { fair: roomy });
const chat = chatForEachTest(server);
afterEach(() => {
  for (const socket of sockets) socket.terminate();
  sockets.clear();
});

const statusDocument = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) {
    cursor conversation { id } receipts { kind } messages { id status { summaryText } }
  }
}`;
const addedDocument = `subscription ($id: ID, $after: Cursor) {
  messageAdded(conversationId: $id, after: $after) { cursor message { id body } }
}`;
const viewerDocument = "{ viewer { id } }";

interface Told {
  readonly cursor: string;
  readonly conversation: { readonly id: string };
  readonly receipts: StatusChange["receipts"];
  readonly messages: readonly {
    readonly id: string;
    readonly status: { readonly summaryText: string };
  }[];
}
type Watching = Events<{ messageStatusChanged: Told }>;
type Listening = Events<{
  messageAdded: { readonly message: { readonly body: string } };
}>;

const nextOf = async (watching: Watching) =>
  dataOf(await watching.next()).messageStatusChanged;
const heard = (all: readonly Listening["all"][number][]) =>
  all.map(({ data }) => data?.messageAdded.message.body);
const nextBody = async (listening: Listening) =>
  dataOf(await listening.next()).messageAdded.message.body;

interface Frame {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

const sockets = new Set<WebSocket>();

/** A socket whose every message is written by hand. */
class RawSocket {
  readonly frames: Frame[] = [];
  /** How it was closed. */
  readonly closed: Promise<number>;
  private readonly socket: WebSocket;
  private wake = (): void => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    sockets.add(socket);
    this.closed = new Promise((resolve) => {
      socket.once("close", resolve);
    });
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as Frame);
      this.wake();
    });
  }

  /** Opens a socket, and says nothing on it. */
  static async open(protocol = "graphql-transport-ws"): Promise<RawSocket> {
    const socket = new WebSocket(server.wsUrl, protocol);
    const raw = new RawSocket(socket);
    await once(socket, "open");
    return raw;
  }

  /** Opens a socket up to the acknowledgement. */
  static async admitted(name: string): Promise<RawSocket> {
    const raw = await RawSocket.open();
    raw.init(await server.token(chat.id(name)));
    await raw.until(({ type }) => type === "connection_ack");
    return raw;
  }

  send(message: object | string | Buffer): void {
    const isRaw = typeof message === "string" || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  init(token: string): void {
    const authorization = `Bearer ${token}`;
    this.send({ type: "connection_init", payload: { authorization } });
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }

  /** Reads nothing more, until it resumes. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** What the server has not taken yet. */
  get unsentBytes(): number {
    return this.socket.bufferedAmount;
  }

  pong(): Promise<unknown> {
    const pong = once(this.socket, "pong");
    this.socket.ping();
    return pong;
  }

  /** Waits for a message, also one that came before. */
  async until(
    condition: (frame: Frame) => boolean,
    count = 1,
  ): Promise<Frame[]> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = this.frames.filter(condition);
      if (found.length >= count) return found;
      if (Date.now() > deadline)
        throw new Error(
          `${found.length} of ${count}; the last: ${JSON.stringify(this.frames.slice(-3))}`,
        );
      await Promise.race([
        new Promise<void>((resolve) => (this.wake = resolve)),
        delay(50),
      ]);
    }
  }
}

/** A socket without WebSocket's manners: told to go, it goes on talking. */
class StubbornSocket {
  /** Resolves when the server has sent its close frame. */
  readonly toldToGo: Promise<unknown>;
  readonly gone: Promise<unknown>;
  private readonly stream: Socket;

  private constructor(stream: Socket) {
    this.stream = stream;
    this.gone = once(stream, "close");
    this.toldToGo = new Promise((resolve) => {
      stream.on("data", (bytes) => {
        if (bytes.includes(Buffer.from([0x88]))) resolve(null);
      });
    });
  }

  static async open(token: string): Promise<StubbornSocket> {
    const { hostname, port } = new URL(server.url);
    const stream = connect(Number(port), hostname);
    stream.write(
      [
        "GET /graphql HTTP/1.1",
        `Host: ${hostname}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: graphql-transport-ws",
        "",
        "",
      ].join("\r\n"),
    );
    await once(stream, "data");
    const stubborn = new StubbornSocket(stream);
    const authorization = `Bearer ${token}`;
    stubborn.send({ type: "connection_init", payload: { authorization } });
    return stubborn;
  }

  send(message: object): void {
    this.frame(0x81, Buffer.from(JSON.stringify(message)));
  }

  /** A close frame at last. */
  end(): void {
    this.frame(0x88, Buffer.alloc(0));
  }

  /** A client's frames are masked; a mask of zeros changes nothing. */
  private frame(first: number, payload: Buffer): void {
    const { length } = payload;
    const size = length < 126 ? [length] : [126, length >> 8, length & 255];
    const [marked = 0, ...rest] = size;
    this.stream.write(
      Buffer.concat([
        Buffer.from([first, marked | 0x80, ...rest, 0, 0, 0, 0]),
        payload,
      ]),
    );
  }
}

/** The codes in an `error` message of the protocol. */
function extensionsOf({ payload }: Frame): unknown[] {
  return (payload as { extensions: unknown }[]).map(
    ({ extensions }) => extensions,
  );
}

describe("R21: a subscription ends when the token expires", () => {
  it("R21, R22: the socket is closed with 4403, and one with a later token resumes by the cursor", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    const after = await chat.cursor("alice");
    const variables = { id: chat.conversationId, after };
    const expiring = server.connect(chat.id("alice"), { ttlSeconds: 3 });
    const watching: Watching = expiring.subscribe(statusDocument, variables);
    await chat.receive("bob", first);
    const { cursor } = await nextOf(watching);
    expect(await expiring.closed).toMatchObject({ code: 4_403 });
    await chat.read("bob", first);
    await chat.receive("bob", second);
    const resumed: Watching = server
      .connect(chat.id("alice"))
      .subscribe(statusDocument, { ...variables, after: cursor });
    const told = await nextOf(resumed);
    expect(
      told.messages.map(({ id, status }) => [id, status.summaryText]),
    ).toEqual([
      [second.id, "Delivered"],
      [first.id, "Read"],
    ]);
    expect(watching.all).toHaveLength(1);
  });

  it("R21: nothing more is done for a socket that does not go when it is told to", async () => {
    await chat.conversation("alice", "bob");
    const token = await server.token(chat.id("alice"), { ttlSeconds: 2 });
    const stubborn = await StubbornSocket.open(token);
    await stubborn.toldToGo;
    const clientId = "late";
    stubborn.send({
      id: "1",
      type: "subscribe",
      payload: {
        query: `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }`,
        variables: { input: { conversationId: chat.conversationId, clientId } },
      },
    });
    stubborn.end();
    await stubborn.gone;
    // Sends are stored in order: had it been taken, it would stand before this one.
    await chat.say("alice", "after it");
    expect(await chat.hears("bob")).toEqual(["after it"]);
  });

  it("R21: a token that has expired opens no socket", async () => {
    const raw = await RawSocket.open();
    raw.init(await server.token("alice", { ttlSeconds: -1 }));
    expect(await raw.closed).toBe(4_403);
  });
});

describe("R21: a subscription ends for whoever is removed", () => {
  it("R21: those to the conversation are completed, and bring nothing of what follows, also after coming back", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    const after = await chat.cursor("bob");
    const variables = { id: chat.conversationId, after };
    const socket = server.connect(chat.id("bob"));
    const watching: Watching = socket.subscribe(statusDocument, variables);
    const listening: Listening = socket.subscribe(addedDocument, variables);
    await chat.receive("carol", message);
    await watching.next();
    await chat.say("alice", "before");
    expect(await nextBody(listening)).toBe("before");
    await chat.remove("alice", "bob");
    await watching.completed;
    await listening.completed;
    await chat.read("carol", message);
    await chat.say("alice", "without bob");
    await chat.add("alice", "bob");
    await chat.say("alice", "after");

    // A new subscription is needed, and it shows what was said in either stay, and nothing between.
    const again: Listening = socket.subscribe(addedDocument, variables);
    expect(await nextBody(again)).toBe("before");
    expect(await nextBody(again)).toBe("after");
    expect(watching.all).toHaveLength(1);
    expect(listening.all).toHaveLength(1);
  });

  it("R18, R21: nobody who is not in it can begin one: NOT_FOUND, as for one that is not there", async () => {
    await chat.conversation("alice", "bob");
    const socket = server.connect(chat.id("eve"));
    for (const id of [chat.conversationId, "nowhere"])
      for (const document of [statusDocument, addedDocument]) {
        const events = socket.subscribe(document, { id });
        expect((await events.next()).errors).toMatchObject([
          { extensions: { code: "NOT_FOUND" } },
        ]);
        await events.completed;
      }
  });

  it("R21: with all conversations subscribed to, the others go on, and it starts again with who comes back", async () => {
    const other = await chat.conversation("alice", "bob", "carol");
    const elsewhere = await chat.say("alice");
    const lost = await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    const after = await chat.cursor("bob");
    await chat.receive("carol", message);
    await chat.say("alice", "earlier");
    const socket = server.connect(chat.id("bob"));
    const watching: Watching = socket.subscribe(statusDocument, { after });
    const listening: Listening = socket.subscribe(addedDocument, { after });
    // Both have begun once they have told what there was.
    expect((await nextOf(watching)).conversation.id).toBe(lost);
    await listening.until((all) => heard(all).includes("earlier"));

    await chat.remove("alice", "bob");
    await chat.read("carol", message);
    await chat.say("alice", "without bob");
    await chat.receive("carol", elsewhere);
    const told = await nextOf(watching);
    expect(told.conversation.id).toBe(other);
    expect(told.messages.map(({ id }) => id)).toEqual([elsewhere.id]);
    expect(heard(listening.all)).not.toContain("without bob");

    await chat.add("alice", "bob");
    await chat.say("alice", "welcome back");
    // What was said in the first stay may come again; what was said between the two may not.
    await listening.until((all) => heard(all).includes("welcome back"));
    expect(heard(listening.all)).not.toContain("without bob");
    expect(heard(listening.all).at(-1)).toBe("welcome back");
    const since = watching.all.length;
    await chat.say("carol", "hello");
    await chat.readUpTo("alice", await chat.say("carol", "hello again"));
    await watching.until((all) =>
      all
        .slice(since)
        .some(
          ({ data }) => data?.messageStatusChanged.conversation.id === lost,
        ),
    );
  });
});

describe("membership is told at once", () => {
  it("who comes into a conversation gets its events, where all conversations are subscribed to", async () => {
    await chat.conversation("bob", "alice");
    const after = await chat.cursor("bob");
    await chat.receive("bob", await chat.say("alice", "earlier"));
    const socket = server.connect(chat.id("bob"));
    const watching: Watching = socket.subscribe(statusDocument, { after });
    const listening: Listening = socket.subscribe(addedDocument, { after });
    // Both have begun once they have told what there was.
    await watching.next();
    expect(await nextBody(listening)).toBe("earlier");

    await chat.conversation("alice", "carol");
    await chat.say("alice", "unheard");
    await chat.add("alice", "bob");
    const message = await chat.say("alice", "welcome");
    expect(await nextBody(listening)).toBe("welcome");
    await chat.receive("carol", message);
    const { conversation, messages } = await nextOf(watching);
    expect(conversation.id).toBe(chat.conversationId);
    expect(messages.map(({ id }) => id)).toEqual([message.id]);

    await chat.conversation("dave", "bob");
    await chat.say("dave", "a new conversation");
    expect(await nextBody(listening)).toBe("a new conversation");
  });

  it("R1: that someone's leaving completes a message is an event without receipts", async () => {
    await chat.conversation("alice", "bob", "carol");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const watching: Watching = server
      .connect(chat.id("alice"))
      .subscribe(statusDocument, {
        id: chat.conversationId,
        after: await chat.cursor("alice"),
      });
    await chat.leave("carol");
    expect(await nextOf(watching)).toMatchObject({
      receipts: [],
      messages: [{ id: message.id, status: { summaryText: "Read" } }],
    });
  });
});

describe("the protocol's close codes", () => {
  it("a socket that never asks to be let in is closed with 4408", async () => {
    const raw = await RawSocket.open();
    expect(await raw.closed).toBe(4_408);
  });

  it("a subscription before being let in closes with 4401", async () => {
    const raw = await RawSocket.open();
    raw.subscribe("1", statusDocument);
    expect(await raw.closed).toBe(4_401);
  });

  it.each([
    ["a token that nobody signed", { authorization: "Bearer abc.def.ghi" }],
    ["no token", {}],
    ["a token that is none", { authorization: 42 }],
    ["no parameters", undefined],
  ])("%s closes with 4403", async (_, payload) => {
    const raw = await RawSocket.open();
    raw.send({ type: "connection_init", payload });
    expect(await raw.closed).toBe(4_403);
  });

  it("asking twice to be let in closes with 4429", async () => {
    const raw = await RawSocket.admitted("alice");
    raw.init(await server.token(chat.id("alice")));
    expect(await raw.closed).toBe(4_429);
  });

  it("an id that is in use closes with 4409; one that has ended may be used again", async () => {
    await chat.conversation("alice", "bob");
    const raw = await RawSocket.admitted("alice");
    raw.subscribe("1", viewerDocument);
    await raw.until(({ type }) => type === "complete");
    const after = await chat.cursor("alice");
    raw.subscribe("1", statusDocument, { id: chat.conversationId, after });
    await chat.receive("bob", await chat.say("alice"));
    await raw.until(({ type }) => type === "next", 2);
    raw.subscribe("1", viewerDocument);
    expect(await raw.closed).toBe(4_409);
  });

  it("an id that is used again while its subscription is still being opened is the second one's", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const raw = await RawSocket.admitted("alice");
    const after = await chat.cursor("alice");
    const variables = { id: chat.conversationId, after };
    const others = server.services.hub.size.subscriptions;
    raw.subscribe("1", statusDocument, variables);
    raw.send({ id: "1", type: "complete" });
    raw.subscribe("1", statusDocument, variables);
    const ours = () => server.services.hub.size.subscriptions - others;
    raw.subscribe("0", viewerDocument);
    await raw.until(({ id, type }) => id === "0" && type === "complete");
    await vi.waitUntil(() => ours() === 1);
    await chat.receive("bob", message);
    await raw.until(({ id, type }) => id === "1" && type === "next");
    raw.subscribe("2", viewerDocument);
    await raw.until(({ id, type }) => id === "2" && type === "complete");
    expect(raw.frames.filter(({ id }) => id === "1")).toHaveLength(1);
    raw.send({ id: "1", type: "complete" });
    await vi.waitUntil(() => ours() === 0);
  });

  it.each([
    ["no JSON", "{"],
    ["an unknown type", '{"type":"hello"}'],
    ["no object", "[]"],
    ["a subscription without an id", '{"type":"subscribe","payload":{}}'],
    ["bytes that are no text", Buffer.from([0xff, 0xfe])],
  ])("%s closes with 4400", async (_, message) => {
    const raw = await RawSocket.admitted("alice");
    raw.send(message);
    expect(await raw.closed).toBe(4_400);
  });

  it("a protocol that it does not speak is refused", async () => {
    const raw = await RawSocket.open("graphql-ws").catch(() => null);
    if (raw) expect(await raw.closed).toBe(4_406);
  });

  it("a message of more than 2 MiB closes with 1009; one of less is served", async () => {
    const raw = await RawSocket.admitted("alice");
    const spaces = (bytes: number) => " ".repeat(bytes);
    raw.subscribe("1", viewerDocument, { unused: spaces(2_000 * 1_024) });
    await raw.until(({ id, type }) => id === "1" && type === "next");
    raw.subscribe("2", viewerDocument, { unused: spaces(2_048 * 1_024) });
    expect(await raw.closed).toBe(1_009);
  });

  it("pings are answered, the protocol's own and WebSocket's, before being let in as well", async () => {
    const early = await RawSocket.open();
    early.send({ type: "ping" });
    await early.until(({ type }) => type === "pong");
    const raw = await RawSocket.admitted("alice");
    raw.send({ type: "ping", payload: { sentAt: 1 } });
    expect(await raw.until(({ type }) => type === "pong")).toEqual([
      { type: "pong", payload: { sentAt: 1 } },
    ]);
    raw.send({ type: "pong" });
    await raw.pong();
    raw.subscribe("1", viewerDocument);
    await raw.until(({ type }) => type === "next");
  });

  it("a subscription that is wrong is an error of that operation alone", async () => {
    const raw = await RawSocket.admitted("alice");
    raw.subscribe("1", "subscription { nothing }");
    raw.subscribe("2", statusDocument, { after: "no cursor" });
    raw.subscribe("3", viewerDocument);
    await raw.until(({ id }) => id === "1");
    const [answer] = await raw.until(({ id }) => id === "2");
    expect(answer?.payload).toMatchObject(
      answer?.type === "error"
        ? [{ extensions: { code: "BAD_USER_INPUT" } }]
        : { errors: [{ extensions: { code: "BAD_USER_INPUT" } }] },
    );
    await raw.until(({ id, type }) => id === "3" && type === "next");
  });
});

describe("what one socket may take", () => {
  it("from one that does not read its answers no more is read, until it does", async () => {
    await chat.conversation("alice", "bob");
    for (let i = 0; i < 20; i++) await chat.say("alice", "x".repeat(60_000));
    const query = `query ($id: ID!) { conversation(id: $id) { messages(last: 20) { nodes { body } } } }`;
    const raw = await RawSocket.admitted("bob");
    raw.pause();
    let count = 0;
    const isHeldBack = () => {
      if (count < 300)
        raw.subscribe(`${count++}`, query, {
          id: chat.conversationId,
          unused: " ".repeat(400 * 1_024),
        });
      return raw.unsentBytes > 4 * 1_024 * 1_024;
    };
    await vi.waitUntil(isHeldBack, { timeout: 15_000, interval: 10 });
    raw.resume();
    await raw.until(({ type }) => type === "complete", count);
    expect(raw.unsentBytes).toBe(0);
  });

  const isRefusal = ({ type }: Frame) => type === "error";
  const rateLimited = [
    { code: "RATE_LIMITED", retryAfterMs: expect.any(Number) as number },
  ];

  it("500 subscriptions at once; one more is RATE_LIMITED, and is taken once another has ended", async () => {
    await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    await chat.receive("bob", await chat.say("alice"));
    const raw = await RawSocket.admitted("alice");
    const variables = { id: chat.conversationId, after };
    const begin = async (ids: readonly string[]) => {
      for (const id of ids) raw.subscribe(id, statusDocument, variables);
      const isBegun = ({ id = "", type }: Frame) =>
        type === "next" && ids.includes(id);
      await raw.until(isBegun, ids.length);
    };
    for (let i = 0; i < 500; i += 100)
      await begin(Array.from({ length: 100 }, (_, n) => `${i + n}`));
    raw.subscribe("more", statusDocument, variables);
    const [refusal] = await raw.until(isRefusal);
    expect(refusal?.id).toBe("more");
    expect(extensionsOf(refusal as Frame)).toMatchObject(rateLimited);

    // The socket and what runs on it are not hurt.
    raw.subscribe("query", viewerDocument);
    await raw.until(({ id, type }) => id === "query" && type === "next");
    raw.send({ id: "7", type: "complete" });
    raw.send({ type: "ping" });
    await raw.until(({ type }) => type === "pong");
    await begin(["another"]);
  });

  it("600 subscriptions asked for in one breath are 500 and 100 refusals", async () => {
    await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    await chat.receive("bob", await chat.say("alice"));
    const raw = await RawSocket.admitted("alice");
    for (let i = 0; i < 600; i++)
      raw.subscribe(`${i}`, statusDocument, { id: chat.conversationId, after });
    await raw.until(({ type }) => type === "next" || type === "error", 600);
    const count = (type: string) =>
      raw.frames.filter((frame) => frame.type === type).length;
    expect({ begun: count("next"), refused: count("error") }).toEqual({
      begun: 500,
      refused: 100,
    });
  });

  it("2,000 operations under way at once; what is more is RATE_LIMITED, and the others are answered", async () => {
    await chat.conversation("alice", "bob");
    const { id } = await chat.say("alice");
    const raw = await RawSocket.admitted("bob");
    const sql = postgres(server.databaseUrl, { max: 1 });
    // Nothing can be marked while somebody else holds the conversation's row.
    await sql.begin(async (tx) => {
      await tx`select from conversations where id = ${chat.conversationId} for update`;
      for (let i = 0; i < 2_100; i++)
        raw.subscribe(
          `${i}`,
          "mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }",
          { id },
        );
      // Once this is answered, all before it has been taken or refused.
      raw.send({ type: "ping" });
      await raw.until(({ type }) => type === "pong");
    });
    await sql.end();
    await raw.until(({ type }) => type === "next" || type === "error", 2_100);
    const refusals = raw.frames.filter(isRefusal);
    for (const refusal of refusals)
      expect(extensionsOf(refusal)).toMatchObject(rateLimited);
    const answers = raw.frames.filter(({ type }) => type === "next");
    expect(
      answers.every(({ payload }) => !("errors" in (payload as object))),
    ).toBe(true);
    expect({ answered: answers.length, refused: refusals.length }).toEqual({
      answered: 2_000,
      refused: 100,
    });
  });
});
