import { setImmediate as nextTurn } from "node:timers/promises";
import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { AppError } from "../src/foundation/errors.js";
import {
  Overload,
  overloadLimits,
  type OverloadReason,
} from "../src/foundation/overload.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import { Chat } from "./support/chat.js";
import { startTestServer, type TestServer } from "./support/server.js";

// A node past its limits turns new work away, does what it has accepted, and recovers by itself.

const cleanups = cleanupsAfterEachTest();

/** Holds the event loop up for so long in one turn. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("what the node watches", () => {
  function watched(
    limits: Partial<typeof overloadLimits> = {},
    waiting = () => 0,
  ): { overload: Overload; changes: (OverloadReason | null)[] } {
    const changes: (OverloadReason | null)[] = [];
    const overload = new Overload({ ...overloadLimits, ...limits }, waiting, {
      onShed: () => undefined,
      onChange: (reason) => changes.push(reason),
    });
    cleanups.push(async () => overload.stop());
    return { overload, changes };
  }

  /** Lets the looks come on time until the condition holds. */
  const quietly = (condition: () => boolean) =>
    expect.poll(condition, { timeout: 20_000, interval: 20 }).toBe(true);

  it("one long turn sheds nothing: it is over when it is seen", async () => {
    // The one look after the turn is late, however long the turn was.
    const { overload, changes } = watched({ lateLooks: 2 });
    let looks = 0;
    const timer = setInterval(() => looks++, overloadLimits.sampleMs);
    cleanups.push(async () => clearInterval(timer));
    block(2_000);
    await quietly(() => looks >= 3);
    expect(overload.isShedding).toBe(false);
    expect(changes).toEqual([]);
  });

  it("a loop that stays late sheds, and serves again once it has been calm for a while", async () => {
    const { overload, changes } = watched();
    const giveUpAt = performance.now() + 20_000;
    while (!overload.isShedding && performance.now() < giveUpAt) {
      block(450);
      await nextTurn();
    }
    expect(changes).toEqual(["event loop"]);
    await quietly(() => !overload.isShedding);
    expect(changes).toEqual(["event loop", null]);
  });

  it("between the bounds it goes on as it was: serving or shedding, it does not flap", async () => {
    let waiting = 0;
    const { overload, changes } = watched(
      { waitingWrites: 100, sampleMs: 5, calmMs: 10_000, lateMs: 20_000 },
      () => waiting,
    );
    let looks = 0;
    const timer = setInterval(() => looks++, 5);
    cleanups.push(async () => clearInterval(timer));
    const after = (more: number) => {
      const until = looks + more;
      return quietly(() => looks >= until);
    };
    waiting = 99;
    await after(30);
    expect(overload.isShedding).toBe(false);
    waiting = 100;
    expect(overload.isShedding).toBe(true);
    for (const between of [99, 60, 100, 50]) {
      waiting = between;
      await after(30);
      expect(overload.isShedding).toBe(true);
    }
    waiting = 49;
    await quietly(() => !overload.isShedding);
    expect(changes).toEqual(["waiting writes", null]);
  });

  it("tells those whom it turns away different times to come back", () => {
    const { overload } = watched({}, () => overloadLimits.waitingWrites);
    const times = Array.from(
      { length: 50 },
      () => overload.refusal("operation")?.details.retryAfterMs ?? 0,
    );
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(5_000);
    expect(new Set(times).size).toBeGreaterThan(10);
    expect(overload.refusal("socket")).toBeInstanceOf(AppError);
  });
});

describe("a node past its limits", () => {
  const markRead =
    "mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }";
  const events =
    "subscription ($id: ID) { messageStatusChanged(conversationId: $id) { messageCount } }";

  /** Holds all writes up in Postgres, as a migration or a slow disk would. */
  async function holdWrites({ databaseUrl }: TestServer) {
    const connect = () => {
      const client = postgres(databaseUrl, { max: 1 });
      cleanups.push(() => client.end({ timeout: 0 }));
      return client;
    };
    const admin = connect();
    // A transaction sees the activity as it was at its first look.
    const observer = connect();
    await admin.unsafe("begin; lock table participants in exclusive mode");
    return {
      release: () => admin.unsafe("rollback"),
      /** Waits until a statement of the node waits for the lock. */
      async isMet() {
        await expect
          .poll(
            () =>
              observer`select from pg_stat_activity where wait_event_type = 'Lock'
                and datname = current_database()`,
            { timeout: 10_000 },
          )
          .toHaveLength(1);
      },
    };
  }

  function closeOf(url: string, token: string): Promise<[number, string]> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, "graphql-transport-ws");
      socket.on("open", () =>
        socket.send(
          JSON.stringify({
            type: "connection_init",
            payload: { authorization: `Bearer ${token}` },
          }),
        ),
      );
      socket.on("close", (code, reason) => resolve([code, String(reason)]));
      socket.on("error", reject);
    });
  }

  it("R28: turns away requests, sockets and operations, says when to come back, does all that it accepted, and recovers", async () => {
    const server = await startTestServer(
      { SWEEP_MS: "60000" },
      { overload: { ...overloadLimits, waitingWrites: 20 } },
    );
    cleanups.push(() => server.close());
    const chat = new Chat(server);
    const conversationId = await chat.conversation("alice", "bob");
    const messages = [];
    for (let i = 0; i < 30; i++) messages.push(await chat.say("alice"));
    const bobs = server.connect(chat.id("bob"));
    const watching = server
      .connect(chat.id("alice"))
      .subscribe<{ messageStatusChanged: { messageCount: number } }>(events, {
        id: conversationId,
      });
    await bobs.execute("{ viewer { id } }");
    await expect
      .poll(() => server.services.hub.countByState().get("live"))
      .toBe(1);

    const held = await holdWrites(server);
    // The first goes out in a batch, which waits; the others wait behind it.
    const [first, ...others] = messages.map(({ id }) => id);
    const accepted = [bobs.execute(markRead, { id: first })];
    await held.isMet();
    for (const id of others) accepted.push(bobs.execute(markRead, { id }));
    const answers = Promise.allSettled(accepted);
    await expect
      .poll(() => server.services.receipts.inLanes())
      .toBeGreaterThanOrEqual(20);

    const response = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", origin: "http://a.test" },
      body: JSON.stringify({ query: "{ viewer { id } }" }),
    });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(
      1,
    );
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-expose-headers")).toContain(
      "retry-after",
    );
    const { errors } = (await response.json()) as {
      errors: { extensions: { code: string; retryAfterMs: number } }[];
    };
    expect(errors[0]?.extensions.code).toBe("UNAVAILABLE");
    expect(errors[0]?.extensions.retryAfterMs).toBeGreaterThanOrEqual(1_000);

    for (const query of ["{ viewer { id } }", events])
      await expect(bobs.execute(query)).rejects.toMatchObject([
        { extensions: { code: "UNAVAILABLE" } },
      ]);
    expect(
      await closeOf(server.wsUrl, await server.token(chat.id("carol"))),
    ).toEqual([1013, "Try again later"]);
    const get = async (path: string) => {
      const found = await fetch(new URL(path, server.url));
      return [found.status, await found.text()] as const;
    };
    expect((await get("/livez"))[0]).toBe(200);
    expect((await get("/readyz"))[0]).toBe(200);
    const [, metrics] = await get("/metrics");
    expect(metrics).toContain('acked_shedding{reason="waiting writes"} 1');
    for (const what of ["request", "socket", "operation"])
      expect(metrics).toMatch(
        new RegExp(`acked_shed_total\\{what="${what}"\\} [1-9]`),
      );

    await held.release();
    // Those that were let in before the bound was passed, all of them: some others were turned away.
    let done = 0;
    for (const answer of await answers)
      if (answer.status === "fulfilled") {
        expect(answer.value).toEqual({ data: { markRead: { changed: true } } });
        done++;
      } else
        expect(answer.reason).toMatchObject([
          { extensions: { code: "UNAVAILABLE" } },
        ]);
    expect(done).toBeGreaterThan(20);
    const { data } = await watching.next();
    expect(data?.messageStatusChanged.messageCount).toBeGreaterThan(0);
    await expect
      .poll(
        async () =>
          (
            await chat.ask<{ viewer: { id: string } }>(
              "bob",
              "{ viewer { id } }",
            )
          ).data?.viewer.id,
        { timeout: 20_000 },
      )
      .toBe(chat.id("bob"));
    // One after the other: all at once they would be past the limits again.
    const marked = [];
    for (const { id } of messages)
      marked.push(await chat.ask("bob", markRead, { id }));
    // What was acknowledged before is there, and what was turned away was not stored.
    const isChanged = ({ data }: { data: unknown }) =>
      (data as { markRead: { changed: boolean } }).markRead.changed;
    expect(marked.filter(isChanged)).toHaveLength(messages.length - done);
    expect((await get("/metrics"))[1]).not.toMatch(/^acked_shedding\{/m);
  });

  it("sheds while its event loop stays late, and finishes what is under way", async () => {
    const server = await startTestServer({ SWEEP_MS: "60000" });
    cleanups.push(() => server.close());
    const chat = new Chat(server);
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.get("bob", "{ viewer { id } }");

    const held = await holdWrites(server);
    const underWay = chat.ask("bob", markRead, { id: message.id });
    await held.isMet();
    const stall = new AbortController();
    const stalled = (async () => {
      while (!stall.signal.aborted) {
        block(450);
        await nextTurn();
      }
    })();
    let refused: Response | undefined;
    const giveUpAt = performance.now() + 25_000;
    while (refused?.status !== 503 && performance.now() < giveUpAt)
      refused = await fetch(server.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: "{ __typename }" }),
      });
    stall.abort();
    await stalled;
    expect(refused?.status).toBe(503);
    await held.release();
    expect(await underWay).toMatchObject({
      data: { markRead: { changed: true } },
    });
    await expect
      .poll(
        async () =>
          (await chat.ask("bob", "{ viewer { id } }")).errors ?? "served",
        { timeout: 20_000 },
      )
      .toBe("served");
  }, 90_000);
});
