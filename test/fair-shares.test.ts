import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createFairness } from "../src/fair/fairness.js";
import { fairLimits, type FairLimits } from "../src/fair/limits.js";
import { Chat, dataOf } from "./support/chat.js";
import { fairWith } from "./support/fair.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { sampleOf, scrape } from "./support/metrics.js";
import { startTestServer } from "./support/server.js";

// What one user may take of a node, and that what is allowed delays its own user first.

const cleanups = cleanupsAfterEachTest();

async function setUp(fair: FairLimits = fairLimits) {
  const server = await startTestServer(
    { SWEEP_MS: "60000", METRICS_PORT: "0" },
    { fair },
  );
  cleanups.push(() => server.close());
  return { server, chat: new Chat(server) };
}

type Setup = Awaited<ReturnType<typeof setUp>>;

interface Frame {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

/** A socket that counts its messages, and keeps only those that are short. */
class Raw {
  readonly frames: Frame[] = [];
  readonly closed: Promise<number>;
  private readonly socket: WebSocket;
  private wake = (): void => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, "close").then(([code]) => code as number);
    socket.on("message", (data: Buffer) => {
      if (data.length < 10_000)
        this.frames.push(JSON.parse(data.toString()) as Frame);
      this.wake();
    });
  }

  /** A socket that asks to be let in; it may be refused. */
  static async asking({ server, chat }: Setup, name: string): Promise<Raw> {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    cleanups.push(async () => socket.terminate());
    const raw = new Raw(socket);
    await once(socket, "open");
    const authorization = `Bearer ${await server.token(chat.id(name))}`;
    raw.send({ type: "connection_init", payload: { authorization } });
    return raw;
  }

  static async admitted(setup: Setup, name: string): Promise<Raw> {
    const raw = await Raw.asking(setup, name);
    await raw.until(() => raw.of("connection_ack").length === 1);
    return raw;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  ask(id: number | string, query: string, variables: object = {}): void {
    const payload = { query, variables };
    this.send({ id: String(id), type: "subscribe", payload });
  }

  /** Resolves when the server has taken all that was sent before. */
  async taken(): Promise<void> {
    const before = this.of("pong").length;
    this.send({ type: "ping" });
    await this.until(() => this.of("pong").length > before);
  }

  of(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  async until(condition: () => boolean): Promise<void> {
    const over = AbortSignal.timeout(50_000);
    while (!condition()) {
      over.throwIfAborted();
      await Promise.race([
        new Promise<void>((resolve) => (this.wake = resolve)),
        new Promise((resolve) => setTimeout(resolve, 100)),
      ]);
    }
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }
}

const limited = {
  code: "RATE_LIMITED",
  retryAfterMs: expect.any(Number) as number,
};
const refusalsOn = (raw: Raw) =>
  raw
    .of("error")
    .map(({ payload }) => (payload as { extensions: object }[])[0]?.extensions);

const unread = "{ viewer { unreadCount } }";
const sync = `mutation ($receipts: [ReceiptInput!]!) {
  syncReceipts(input: { receipts: $receipts }) { results { changed error } } }`;
const statusOf = `subscription ($id: ID) {
  messageStatusChanged(conversationId: $id) { cursor } }`;
const create = `mutation ($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id } } }`;

describe("operations under way", () => {
  it("with 1,900 of one user under way, another user's is answered before the 300th of them", async () => {
    const setup = await setUp();
    const alice = await Raw.admitted(setup, "alice");
    const bob = await Raw.admitted(setup, "bob");
    for (const raw of [alice, bob]) {
      raw.ask("first", unread);
      await raw.until(() => raw.of("complete").length === 1);
    }
    for (let i = 0; i < 1_900; i++) alice.ask(i, unread);
    await alice.taken();
    const before = alice.of("next").length;
    bob.ask("bob's", unread);
    await bob.until(() => bob.of("next").length === 2);
    expect(alice.of("next").length - before).toBeLessThan(300);
    await alice.until(() => alice.of("next").length === 1_901);
  }, 60_000);

  it("so it is over HTTP: all of one user's are answered, and another user's does not wait for them", async () => {
    const { chat } = await setUp();
    for (const name of ["alice", "bob"]) await chat.get(name, unread);
    let answered = 0;
    const flood = Promise.all(
      Array.from({ length: 600 }, async () => {
        expect((await chat.ask("alice", unread)).errors).toBeUndefined();
        answered++;
      }),
    );
    while (answered < 20) await chat.ask("alice", "{ __typename }");
    const before = answered;
    await chat.get("bob", unread);
    expect(answered - before).toBeLessThan(300);
    await flood;
  }, 60_000);

  it("of 40 requests with 500 marks each, what is more than a user's share is RATE_LIMITED, and taken later", async () => {
    const setup = await setUp();
    const { server, chat } = setup;
    await chat.conversation("alice", "bob");
    const { id } = await chat.say("alice");
    const receipts = Array.from({ length: 500 }, () => ({
      messageId: id,
      kind: "READ",
    }));
    const bob = await Raw.admitted(setup, "bob");
    for (let i = 0; i < 40; i++) bob.ask(i, sync, { receipts });
    await bob.until(() => bob.of("complete").length === 40);
    const errors = bob.frames.flatMap(
      ({ payload }) =>
        (payload as { errors?: { extensions: object }[] } | undefined)
          ?.errors ?? [],
    );
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors)
      expect(extensions).toMatchObject(limited);
    const again = await chat.ask("bob", sync, { receipts });
    expect(again.errors).toBeUndefined();
    expect(
      sampleOf(await scrape(server.metricsUrl), "acked_rate_limited_total", {
        what: "marks",
      }),
    ).toBe(errors.length);
  }, 60_000);

  it("answers are not computed for a socket that does not read", async () => {
    const setup = await setUp();
    const { server, chat } = setup;
    await chat.conversation("alice", "bob");
    for (let i = 0; i < 50; i++) await chat.say("alice", "x".repeat(60_000));
    const large = `query ($id: ID!) { conversation(id: $id) { messages(last: 50) { nodes { body } } } }`;
    const executed = async () =>
      sampleOf(
        await scrape(server.metricsUrl),
        "acked_operation_duration_seconds_count",
        { operation: "conversation", transport: "socket", outcome: "OK" },
      );
    const bob = await Raw.admitted(setup, "bob");
    const asked = 100;
    bob.pause();
    for (let i = 0; i < asked; i++)
      bob.ask(i, large, { id: chat.conversationId });
    await expect.poll(executed, { timeout: 20_000 }).toBeGreaterThan(0);
    // Each of these waits for a connection, behind what asked for one before.
    for (let i = 0; i < 60; i++)
      await chat.get("alice", "{ conversations { nodes { id } } }");
    expect(await executed()).toBeLessThan(60);
    bob.resume();
    await bob.until(() => bob.of("complete").length === asked);
    expect(await executed()).toBe(asked);
  }, 90_000);
});

describe("who has used much of the event loop, while others use it", () => {
  it("is read from no more for half a second after a refusal", async () => {
    const setup = await setUp();
    const alice = await Raw.admitted(setup, "alice");
    const big = "x".repeat(1_900_000);
    for (let i = 0; i < 6; i++) alice.ask(i, statusOf, { id: null, big });
    const refused = () => alice.of("error").length;
    const timeOf = async (count: number) => {
      while (refused() < count) await setup.chat.get("bob", unread);
      return performance.now();
    };
    const third = await timeOf(3);
    expect((await timeOf(6)) - third).toBeGreaterThan(450);
  }, 60_000);

  it("is served nevertheless: 100 queries at once are all answered", async () => {
    const { chat } = await setUp();
    const inbox = `{ conversations(first: 100) { nodes { messages(last: 20) { nodes { body sender { displayName } } } } } }`;
    await chat.get("alice", inbox);
    const answers = Array.from({ length: 100 }, () =>
      chat.get("alice", unread),
    );
    let answered = 0;
    for (const answer of answers) void answer.then(() => answered++);
    while (answered < 100) await chat.get("bob", unread);
    await Promise.all(answers);
  }, 60_000);
});

describe("addresses", () => {
  it("one on the internet has a rate of its own; one behind which a proxy may stand has none", async () => {
    const refused: string[] = [];
    const address = { points: 2, seconds: 60 };
    const fair = createFairness(
      { ...fairLimits, address },
      { onRefused: (what) => refused.push(what) },
    );
    const codes = async (from: string) => {
      const found = [];
      for (let i = 0; i < 4; i++)
        found.push((await fair.chargeAddress(from))?.code ?? "let in");
      return found;
    };
    const free = ["let in", "let in"];
    const held = ["RATE_LIMITED", "RATE_LIMITED"];
    expect(await codes("203.0.113.7")).toEqual([...free, ...held]);
    expect(await codes("2001:db8::7")).toEqual([...free, ...held]);
    expect(refused).toEqual(["address", "address", "address", "address"]);
    for (const from of ["127.0.0.1", "::1", "::ffff:10.0.0.3", "192.168.1.1"])
      expect(await codes(from)).toEqual([...free, ...free]);
  });
});

describe("shares of a user", () => {
  it("a user's socket past the share is closed with 4429, and another user's is let in", async () => {
    const setup = await setUp(fairWith({ shares: { sockets: 5 } }));
    for (let i = 0; i < 5; i++) await Raw.admitted(setup, "alice");
    expect(await (await Raw.asking(setup, "alice")).closed).toBe(4429);
    await Raw.admitted(setup, "bob");
  }, 60_000);

  it("subscriptions to one conversation are counted over a user's sockets, and given back", async () => {
    const setup = await setUp(fairWith({ shares: { subscriptionsToOne: 3 } }));
    const { chat, server } = setup;
    const id = await chat.conversation("alice", "bob");
    const [one, other] = [
      await Raw.admitted(setup, "alice"),
      await Raw.admitted(setup, "alice"),
    ];
    one.ask(1, statusOf, { id });
    one.ask(2, statusOf, { id });
    other.ask(3, statusOf, { id });
    await expect.poll(() => server.services.hub.size.subscriptions).toBe(3);
    other.ask(4, statusOf, { id });
    await other.until(() => other.frames.some((frame) => frame.id === "4"));
    const [refused] = other.frames.filter((frame) => frame.id === "4");
    expect(JSON.stringify(refused)).toContain("RATE_LIMITED");
    // Of another conversation there may be as many.
    other.ask(5, statusOf, { id: await chat.conversation("alice", "carol") });
    await expect.poll(() => server.services.hub.size.subscriptions).toBe(4);
    one.send({ id: "1", type: "complete" });
    await expect.poll(() => server.services.hub.size.subscriptions).toBe(3);
    other.ask(6, statusOf, { id });
    await expect.poll(() => server.services.hub.size.subscriptions).toBe(4);
  }, 60_000);

  it("subscriptions of a user are counted over their sockets", async () => {
    const setup = await setUp(fairWith({ shares: { subscriptions: 2 } }));
    const [one, other] = [
      await Raw.admitted(setup, "alice"),
      await Raw.admitted(setup, "alice"),
    ];
    one.ask(1, statusOf);
    other.ask(2, statusOf);
    const { hub } = setup.server.services;
    await expect.poll(() => hub.size.subscriptions).toBe(2);
    one.ask(3, statusOf);
    await one.until(() => one.of("error").length === 1);
    expect(refusalsOn(one)).toMatchObject([limited]);
  }, 60_000);
});

describe("rates of a user", () => {
  it("new conversations past the rate are RATE_LIMITED, with Retry-After over HTTP, and nothing else is", async () => {
    const rates = { conversations: { points: 2, seconds: 3_600 } };
    const { server, chat } = await setUp(fairWith({ rates }));
    await chat.conversation("alice", "bob");
    await chat.conversation("alice", "bob");
    const response = await fetch(server.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await server.token(chat.id("alice"))}`,
      },
      body: JSON.stringify({
        query: create,
        variables: { input: { participantIds: [chat.id("bob")] } },
      }),
    });
    const { errors } = (await response.json()) as {
      errors: { extensions: { code: string; retryAfterMs: number } }[];
    };
    expect(errors[0]?.extensions).toMatchObject(limited);
    const seconds = Number(response.headers.get("retry-after"));
    expect(seconds).toBe(
      Math.ceil((errors[0]?.extensions.retryAfterMs ?? 0) / 1_000),
    );
    expect(seconds).toBeGreaterThan(3_000);
    await chat.say("alice");
    await chat.conversation("carol", "bob");
  }, 60_000);

  it("what queries cost is RATE_LIMITED past the rate, over HTTP and over a socket alike", async () => {
    const rates = { cost: { points: 500, seconds: 3_600 } };
    const { server, chat } = await setUp(fairWith({ rates }));
    const dear = "{ conversations(first: 100) { nodes { id title } } }";
    const token = await server.token(chat.id("alice"));
    const ask = () =>
      fetch(server.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
        },
        body: JSON.stringify({ query: dear }),
      });
    const cost = Number((await ask()).headers.get("x-acked-cost"));
    expect(cost).toBeGreaterThan(250);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_000);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: limited }],
    });
    const { errors } = await chat.ask("alice", dear, {});
    expect(errors).toMatchObject([{ extensions: limited }]);
    // Another user's rate is their own.
    expect(await chat.get("bob", dear, {})).toHaveProperty("conversations");
  }, 60_000);

  it("messages, marks and additions have rates of their own", async () => {
    const one = { points: 1, seconds: 3_600 };
    const fair = fairWith({
      rates: { sends: one, marks: one, additions: one },
    });
    const { chat } = await setUp(fair);
    await chat.conversation("alice", "bob");
    const { id } = await chat.say("alice");
    const refused = async (name: string, query: string, variables: object) =>
      (await chat.ask(name, query, { ...variables })).errors?.[0]?.extensions;
    const input = {
      conversationId: chat.conversationId,
      clientId: "again",
      body: "again",
    };
    expect(
      await refused(
        "alice",
        "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { duplicate } }",
        { input },
      ),
    ).toMatchObject(limited);
    const mark =
      "mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }";
    dataOf(await chat.ask("bob", mark, { id }));
    expect(await refused("bob", mark, { id })).toMatchObject(limited);
    expect(
      await refused("alice", create, {
        input: { participantIds: [chat.id("carol")] },
      }),
    ).toMatchObject(limited);
  }, 60_000);

  it("a user who opens sockets too fast is told 1013, and another user is let in", async () => {
    const rates = { connections: { points: 3, seconds: 3_600 } };
    const setup = await setUp(fairWith({ rates }));
    for (let i = 0; i < 3; i++) await Raw.admitted(setup, "alice");
    expect(await (await Raw.asking(setup, "alice")).closed).toBe(1013);
    await Raw.admitted(setup, "bob");
  }, 60_000);
});
