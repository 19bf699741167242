import { createClient } from "graphql-ws";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import {
  follow,
  resuming,
  type FollowOptions,
  type FollowSink,
  type Following,
  type SubscriptionClient,
} from "../../packages/client/src/index.js";
import { Chat } from "../support/chat.js";
import { startTestServer } from "../support/server.js";

interface Data {
  readonly messageAdded: { readonly cursor: string; readonly reset?: boolean };
}

/** A result with one event. */
const event = (cursor: string, more = {}) => ({
  data: { messageAdded: { cursor, ...more } },
});

/** A result that refuses the subscription. */
const refusal = (code: string, more = {}) => ({
  errors: [{ message: code, extensions: { code, ...more } }],
});

/** A server that is played by the test: each attempt, with what it asked for. */
function playedServer() {
  const attempts: { after: unknown; isStopped: boolean }[] = [];
  let sink: FollowSink<Data> | null = null;
  return {
    attempts,
    get sink(): FollowSink<Data> {
      if (!sink) throw new Error("Nobody has subscribed.");
      return sink;
    },
    subscribe(variables: { after: string | null }, to: FollowSink<Data>) {
      const attempt = { after: variables.after, isStopped: false };
      attempts.push(attempt);
      sink = to;
      return () => {
        attempt.isStopped = true;
      };
    },
  };
}

describe("following a subscription", () => {
  const backOff = { firstMs: 100, longestMs: 1_000 };
  let server: ReturnType<typeof playedServer>;
  let taken: string[];
  let ends: (string | undefined)[];
  let following: Following;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1);
    server = playedServer();
    taken = [];
    ends = [];
  });
  afterEach(() => {
    following.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  async function begin(
    options: Partial<FollowOptions<Data, { after: string | null }>> = {},
  ): Promise<void> {
    following = follow<Data, { after: string | null }>({
      subscribe: server.subscribe,
      variables: { after: "start" },
      backOff,
      onData: ({ messageAdded }) =>
        taken.push(messageAdded.cursor + (messageAdded.reset ? "!" : "")),
      onEnd: ({ code }) => ends.push(code),
      ...options,
    });
    await passed(0);
  }

  const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const starts = () => server.attempts.map(({ after }) => after);

  it("R22: begins after the given cursor, and goes on after the newest one when the connection is lost", async () => {
    await begin();
    server.sink.next(event("1"));
    server.sink.next(event("2"));
    expect(following.cursor).toBe("2");
    server.sink.error(new Error("Socket closed"));
    await passed(100);
    expect(starts()).toEqual(["start", "2"]);
    server.sink.next(event("3"));
    expect(taken).toEqual(["1", "2", "3"]);
  });

  it("stops the lost subscription, and takes nothing more from it", async () => {
    await begin();
    const lost = server.sink;
    lost.next(refusal("UNAVAILABLE"));
    lost.next(event("1"));
    lost.complete();
    await passed(100);
    expect(server.attempts[0]?.isStopped).toBe(true);
    expect([taken, ends, starts()]).toEqual([[], [], ["start", "start"]]);
  });

  it("R22: keeps the newest cursor in the payload, for a graphql-ws client that subscribes again by itself", async () => {
    const payloads: { variables?: Record<string, unknown> | null }[] = [];
    const client: SubscriptionClient = {
      subscribe(payload, sink) {
        payloads.push(payload);
        sink.next(event("1"));
        return () => undefined;
      },
    };
    following = follow<Data>({
      client,
      query: "subscription",
      variables: { after: "start" },
      onData: () => undefined,
    });
    await passed(0);
    expect(payloads).toEqual([
      { query: "subscription", variables: { after: "1" } },
    ]);
  });

  it("R25: hands a reset on, and goes on from its cursor", async () => {
    await begin();
    server.sink.next(event("9", { reset: true }));
    server.sink.error("gone");
    await passed(100);
    expect([taken, starts()]).toEqual([["9!"], ["start", "9"]]);
  });

  it("waits twice as long after each failure, up to the longest wait, and from the start again after an event", async () => {
    await begin();
    const waits = async (ms: number) => {
      const before = server.attempts.length;
      server.sink.error("gone");
      await passed(ms - 1);
      const early = server.attempts.length - before;
      await passed(1);
      return [early, server.attempts.length - before];
    };
    for (const ms of [100, 200, 400, 800, 1_000, 1_000])
      expect(await waits(ms)).toEqual([0, 1]);
    server.sink.next(event("1"));
    for (const ms of [100, 200]) expect(await waits(ms)).toEqual([0, 1]);
    await passed(1_001); // longer than the longest wait, without an event
    expect(await waits(100)).toEqual([0, 1]);
  });

  it("comes back at any time of the wait: those who lost a node together come evenly", async () => {
    await begin();
    for (const [share, ms] of [
      [0, 0],
      [0.25, 50],
      [0.75, 300],
    ] as const) {
      vi.mocked(Math.random).mockReturnValue(share);
      const before = server.attempts.length;
      server.sink.error("gone");
      if (ms > 0) await passed(ms - 1);
      expect(server.attempts).toHaveLength(before);
      await passed(1);
      expect(server.attempts).toHaveLength(before + 1);
    }
  });

  it("R28: tries again what passes, and not before the server says", async () => {
    await begin();
    server.sink.next(refusal("RATE_LIMITED", { retryAfterMs: 5_000 }));
    await passed(5_099);
    expect(server.attempts).toHaveLength(1);
    await passed(1);
    expect(server.attempts).toHaveLength(2);
    for (const code of ["UNAVAILABLE", "INTERNAL_SERVER_ERROR"]) {
      server.sink.error(refusal(code).errors);
      await passed(1_000);
    }
    server.sink.error({ code: 4429, reason: "Too many sockets" });
    await passed(1_000);
    expect(server.attempts).toHaveLength(5);
    expect(ends).toEqual([]);
  });

  it.each([
    ["NOT_FOUND", refusal("NOT_FOUND")],
    ["FORBIDDEN", refusal("FORBIDDEN")],
    ["BAD_USER_INPUT", refusal("BAD_USER_INPUT", { argumentPath: ["last"] })],
  ])("ends on %s, once, with its cause", async (code, result) => {
    const onEnd = vi.fn();
    await begin({ onEnd, onCursorRefused: () => null });
    server.sink.next(result);
    server.sink.complete();
    await passed(10_000);
    expect(onEnd).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code }),
      result,
    );
    expect(server.attempts).toMatchObject([{ isStopped: true }]);
  });

  it("R21: ends as NOT_FOUND where the server completes it", async () => {
    await begin();
    server.sink.complete();
    await passed(10_000);
    expect([ends, starts()]).toEqual([["NOT_FOUND"], ["start"]]);
  });

  it("ends where the client broke the protocol", async () => {
    await begin();
    server.sink.error({ code: 4400, reason: "Invalid message" });
    await passed(10_000);
    expect(ends).toEqual(["BAD_USER_INPUT"]);
  });

  const refusedCursor = refusal("BAD_USER_INPUT", { argumentPath: ["after"] });

  it("R25: asks where to go on when its cursor is refused", async () => {
    let readAnew = (_cursor: string | null): void => undefined;
    await begin({
      onCursorRefused: () => new Promise((resolve) => (readAnew = resolve)),
    });
    server.sink.next(refusedCursor);
    await passed(10_000);
    expect(starts()).toEqual(["start"]);
    readAnew("anew");
    await passed(100);
    server.sink.next(refusedCursor);
    await passed(0);
    readAnew(null);
    await passed(200);
    expect(starts()).toEqual(["start", "anew", null]);
    expect(following.cursor).toBeNull();
  });

  it("R25: ends on a refused cursor where the app says nothing of it, or fails", async () => {
    await begin();
    server.sink.next(refusedCursor);
    await passed(0);
    await begin({ onCursorRefused: () => Promise.reject(new Error("no")) });
    server.sink.next(refusedCursor);
    await passed(10_000);
    expect(ends).toEqual(["BAD_USER_INPUT", "BAD_USER_INPUT"]);
    expect(server.attempts).toHaveLength(2);
  });

  it("R21: asks for a new token when the old one is refused, and ends where there is none", async () => {
    const onTokenRefused = vi.fn().mockResolvedValueOnce(undefined);
    await begin({ onTokenRefused });
    server.sink.error({ code: 4403, reason: "Token expired" });
    await passed(100);
    expect(starts()).toEqual(["start", "start"]);
    onTokenRefused.mockRejectedValueOnce(new Error("Sign in again."));
    server.sink.next(refusal("UNAUTHENTICATED"));
    await passed(10_000);
    expect(onTokenRefused).toHaveBeenCalledTimes(2);
    expect([ends, server.attempts.length]).toEqual([["UNAUTHENTICATED"], 2]);
  });

  it("can be stopped during a back-off, from within an event, and while it listens: silence follows", async () => {
    await begin();
    server.sink.error("gone");
    await passed(50);
    following.stop();
    expect(vi.getTimerCount()).toBe(0);
    await passed(10_000);
    expect(server.attempts).toHaveLength(1);

    await begin({ onData: () => following.stop() });
    server.sink.next(event("1"));
    expect(server.attempts[1]?.isStopped).toBe(true);
    server.sink.next(event("2"));
    server.sink.complete();
    await passed(10_000);
    expect([taken, ends, server.attempts.length]).toEqual([[], [], 2]);
  });

  it("takes a subscribe that throws for a lost connection", async () => {
    const subscribe = vi.fn(server.subscribe).mockImplementationOnce(() => {
      throw new Error("not yet");
    });
    await begin({ subscribe });
    await passed(100);
    server.sink.next(event("1"));
    expect(taken).toEqual(["1"]);
  });

  it("waits as the app wants it to", async () => {
    const waits: number[] = [];
    await begin({
      wait: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
    });
    server.sink.error("gone");
    await passed(0);
    expect([waits, server.attempts.length]).toEqual([[0, 100], 2]);
  });
});

describe("against a server that is stopped and started", () => {
  const document = `subscription ($conversationId: ID, $after: Cursor) {
    messageAdded(conversationId: $conversationId, after: $after) {
      cursor
      message { body }
    }
  }`;
  interface Added {
    readonly messageAdded: { readonly message: { readonly body: string } };
  }

  it("R22: what is sent before, while and after the socket is lost arrives, in order", async () => {
    const server = await startTestServer();
    const chat = new Chat(server);
    const conversationId = await chat.conversation("alice", "bob");
    const client = createClient({
      url: () => `${address}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: async () => ({
        authorization: `Bearer ${await server.token(chat.id("bob"))}`,
      }),
      retryAttempts: 0,
    });
    let address = server.wsUrl.replace(/\/graphql$/, "");
    const settings = { backOff: { firstMs: 20, longestMs: 100 } };
    const variables = { conversationId, after: await chat.cursor("bob") };
    const followed: string[] = [];
    const resumed: string[] = [];
    const ends: string[] = [];
    const following = follow<Added>({
      ...settings,
      client,
      query: document,
      variables,
      onData: ({ messageAdded }) => followed.push(messageAdded.message.body),
      onEnd: ({ code }) => ends.push(code),
    });
    const stop = resuming(client, settings).subscribe<Added>(
      { query: document, variables },
      {
        next: ({ data }) =>
          resumed.push(data?.messageAdded.message.body ?? "nothing"),
        error: (error) => ends.push(String(error)),
        complete: () => ends.push("complete"),
      },
    );
    const arrive = (...bodies: string[]) =>
      vi.waitFor(
        () => expect([followed, resumed, ends]).toEqual([bodies, bodies, []]),
        15_000,
      );
    await chat.say("alice", "before");
    await arrive("before");

    address = "ws://127.0.0.1:9";
    client.terminate();
    await chat.say("alice", "while");
    await new Promise((resolve) => setTimeout(resolve, 200)); // some attempts fail
    const second = await startTestServer({
      DATABASE_URL:
        server.config.database.kind === "url" ? server.config.database.url : "",
    });
    address = second.wsUrl.replace(/\/graphql$/, "");
    await arrive("before", "while");
    await chat.say("alice", "after");
    await arrive("before", "while", "after");

    await chat.leave("bob");
    await vi.waitFor(
      () => expect(ends.sort()).toEqual(["NOT_FOUND", "complete"]),
      15_000,
    );
    following.stop();
    stop();
    await client.dispose();
    await second.close();
    await server.close();
  });
});
