import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createReceiptQueue,
  memoryStorage,
  type ReceiptMark,
  type ReceiptQueue,
  type ReceiptQueueOptions,
  type RefusedMark,
} from "../../packages/client/src/index.js";
import {
  accepted,
  heldSend,
  idle,
  message,
  serverError,
  until,
  wire,
} from "./support/marks.js";

const open = new Set<ReceiptQueue>();
afterEach(async () => {
  for (const queue of open) void queue.close();
  open.clear();
  vi.useRealTimers();
});

function queueOf(options: Partial<ReceiptQueueOptions>): ReceiptQueue {
  const queue = createReceiptQueue({
    userId: "bob",
    storage: memoryStorage(),
    send: (variables) => Promise.resolve(accepted(variables)),
    ...options,
  });
  open.add(queue);
  return queue;
}

describe("a receipt queue", () => {
  it("sends marks made together in one request", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.delivered(message(1));
    queue.delivered(message(2));
    queue.read(message(3));
    (await held.request(0)).accept();
    await idle(queue);
    expect(held.sent).toEqual([["DELIVERED c1", "DELIVERED c2", "READ c3"]]);
  });

  it("sends what comes while a request is under way together, as the next one", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    const first = await held.request(0);
    queue.read(message(2));
    queue.delivered(message(3));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(held.sent).toHaveLength(1);
    expect(queue.pending).toBe(3);
    first.accept();
    (await held.request(1)).accept();
    await idle(queue);
    expect(held.sent).toEqual([["READ c1"], ["READ c2", "DELIVERED c3"]]);
  });

  it("merges: up-to swallows single and lower ones, read swallows delivered", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.delivered(message(1));
    queue.read(message(1));
    queue.readUpTo(message(2));
    queue.readUpTo(message(4));
    queue.deliveredUpTo(message(3));
    queue.delivered(message(9));
    queue.read(message(5, "d"));
    (await held.request(0)).accept();
    await idle(queue);
    expect(held.sent).toEqual([["READ* c4", "DELIVERED c9", "READ d5"]]);
  });

  it("never sends again what was acknowledged, nor what that covers", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.readUpTo(message(4));
    queue.read(message(7));
    (await held.request(0)).accept();
    await idle(queue);
    queue.readUpTo(message(4));
    queue.delivered(message(2));
    queue.deliveredUpTo(message(3));
    queue.read(message(7));
    queue.delivered(message(7));
    expect(queue.pending).toBe(0);
    queue.read(message(8));
    (await held.request(1)).accept();
    await idle(queue);
    expect(held.sent).toEqual([["READ* c4", "READ c7"], ["READ c8"]]);
  });

  it("sends at most 500 at once", async () => {
    const sizes: number[] = [];
    const queue = queueOf({
      send: (variables) => {
        sizes.push(wire(variables).length);
        return Promise.resolve(accepted(variables));
      },
    });
    for (let seq = 1; seq <= 1_201; seq++) queue.read(message(seq));
    await idle(queue);
    expect(sizes).toEqual([500, 500, 201]);
  });

  it("takes ten thousand marks in no time worth mentioning", async () => {
    const queue = queueOf({});
    const startedMs = performance.now();
    for (let seq = 1; seq <= 10_000; seq++) queue.read(message(seq));
    await idle(queue);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  it("drops what is refused in the results, tells of it, and keeps the rest", async () => {
    const held = heldSend();
    const refused: RefusedMark[] = [];
    const queue = queueOf({
      ...held,
      onRefused: (all) => refused.push(...all),
    });
    queue.read(message(1));
    queue.read(message(2));
    queue.read(message(3));
    (await held.request(0)).answer({
      results: [
        { error: null },
        { error: "NOT_FOUND" },
        { error: "BAD_USER_INPUT" },
      ],
    });
    await idle(queue);
    expect(refused.map(({ mark, code }) => [mark.messageId, code])).toEqual([
      ["c2", "NOT_FOUND"],
      ["c3", "BAD_USER_INPUT"],
    ]);
    expect(held.sent).toHaveLength(1);
  });

  it("sends a refused mark again where the app makes it again: it may have become theirs", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(2));
    (await held.request(0)).answer({ results: [{ error: "NOT_FOUND" }] });
    await idle(queue);
    queue.read(message(2));
    (await held.request(1)).accept();
    await idle(queue);
    expect(held.sent).toEqual([["READ c2"], ["READ c2"]]);
  });

  it("drops all that is FORBIDDEN", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    queue.read(message(2));
    (await held.request(0)).fail(serverError("FORBIDDEN"));
    await idle(queue);
    expect(held.sent).toHaveLength(1);
    expect(queue.failure).toBeNull();
  });

  it("drops the one that BAD_USER_INPUT names, and sends the others at once", async () => {
    const held = heldSend();
    const refused: RefusedMark[] = [];
    const queue = queueOf({
      ...held,
      onRefused: (all) => refused.push(...all),
    });
    for (const seq of [1, 2, 3]) queue.read(message(seq));
    const argumentPath = ["input", "receipts", 1, "messageId"];
    (await held.request(0)).fail(
      serverError("BAD_USER_INPUT", { argumentPath }),
    );
    (await held.request(1)).accept();
    await idle(queue);
    expect(held.sent[1]).toEqual(["READ c1", "READ c3"]);
    expect(refused.map(({ mark }) => mark.messageId)).toEqual(["c2"]);
  });

  it("asks for a new token: pauses when UNAUTHENTICATED and goes on with resume()", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    (await held.request(0)).fail(serverError("UNAUTHENTICATED"));
    await until(queue, () => queue.state === "paused");
    expect(queue.failure?.code).toBe("UNAUTHENTICATED");
    queue.read(message(2));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(held.sent).toHaveLength(1);
    queue.resume();
    (await held.request(1)).accept();
    await idle(queue);
    expect(held.sent[1]).toEqual(["READ c1", "READ c2"]);
    expect(queue.failure).toBeNull();
  });

  it("does not pause where resume() came while the old token's request was under way", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    const first = await held.request(0);
    queue.resume();
    first.fail(serverError("UNAUTHENTICATED"));
    (await held.request(1)).accept();
    await idle(queue);
  });

  it("holds back while paused, and shows what piles up", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.pause();
    for (let seq = 1; seq <= 20; seq++) queue.delivered(message(seq));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([queue.state, queue.pending, held.sent]).toEqual(["paused", 20, []]);
    queue.resume();
    (await held.request(0)).accept();
    await idle(queue);
    expect(held.sent[0]).toHaveLength(20);
  });

  it("calls listeners once for changes that come together", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    await idle(queue);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const seen: [number, string][] = [];
    const stop = queue.onChange(() => seen.push([queue.pending, queue.state]));
    queue.read(message(1));
    queue.read(message(2));
    (await held.request(0)).accept();
    await idle(queue);
    expect(seen[0]?.[0]).toBe(2);
    expect(seen).toContainEqual([2, "sending"]);
    expect(seen.at(-1)).toEqual([0, "idle"]);
    stop();
    const calls = seen.length;
    queue.read(message(3));
    (await held.request(1)).accept();
    await idle(queue);
    expect(seen).toHaveLength(calls);
  });

  it("does nothing more once closed, but takes note of the answer that was under way", async () => {
    const held = heldSend();
    const storage = memoryStorage<ReceiptMark>();
    const queue = queueOf({ ...held, storage });
    queue.read(message(1));
    const first = await held.request(0);
    queue.read(message(2));
    const closed = queue.close();
    queue.read(message(3));
    first.accept();
    await closed;
    expect(queue.state).toBe("closed");
    expect(held.sent).toHaveLength(1);
    expect((await storage.load()).map(({ key }) => key)).toEqual(["READ:c2"]);
  });

  it("lets the app's own mistakes stop nothing: a listener or a callback that throws", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const previous = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", onError);
    const held = heldSend();
    const queue = queueOf({
      ...held,
      onRefused() {
        throw new Error("onRefused");
      },
    });
    const stop = queue.onChange(() => {
      throw new Error("listener");
    });
    queue.read(message(1));
    (await held.request(0)).answer({ results: [{ error: "NOT_FOUND" }] });
    queue.read(message(2));
    (await held.request(1)).accept();
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    process.removeListener("uncaughtException", onError);
    for (const listener of previous) process.on("uncaughtException", listener);
    expect([queue.pending, queue.state]).toEqual([0, "idle"]);
    expect(errors.length).toBeGreaterThan(1);
  });
});

describe("a receipt queue whose requests fail", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1);
  });
  afterEach(() => vi.restoreAllMocks());

  it.each([
    "fetch failed",
    serverError("UNAVAILABLE"),
    serverError("RATE_LIMITED"),
  ])(
    "tries again after twice the time, up to 30 s, and gives up never (%s)",
    async (error) => {
      const { send, requests } = heldSend();
      const queue = queueOf({ send });
      queue.read(message(1));
      const waits = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
      for (const [i, ms] of waits.entries()) {
        await vi.advanceTimersByTimeAsync(0);
        requests[i]?.fail(error);
        await vi.advanceTimersByTimeAsync(ms - 1);
        expect(requests).toHaveLength(i + 1);
        expect(queue.state).toBe("waiting");
        await vi.advanceTimersByTimeAsync(1);
        expect(requests).toHaveLength(i + 2);
      }
      requests.at(-1)?.accept();
      await vi.advanceTimersByTimeAsync(0);
      expect([queue.pending, queue.failure]).toEqual([0, null]);
    },
  );

  it("waits at random between half of the time and the whole", async () => {
    vi.mocked(Math.random).mockReturnValue(0);
    const { send, requests } = heldSend();
    queueOf({ send }).read(message(1));
    await vi.advanceTimersByTimeAsync(0);
    requests[0]?.fail(new Error("fetch failed"));
    await vi.advanceTimersByTimeAsync(249);
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests).toHaveLength(2);
  });

  it("waits at least as long as the server says", async () => {
    vi.mocked(Math.random).mockReturnValue(0);
    const { send, requests } = heldSend();
    queueOf({ send }).read(message(1));
    await vi.advanceTimersByTimeAsync(0);
    requests[0]?.fail(serverError("RATE_LIMITED", { retryAfterMs: 5_000 }));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(250);
    expect(requests).toHaveLength(2);
  });

  it("merges what comes during a back-off, and does not cut it short", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    await vi.advanceTimersByTimeAsync(0);
    held.requests[0]?.fail(new Error("fetch failed"));
    await vi.advanceTimersByTimeAsync(100);
    queue.readUpTo(message(5));
    await vi.advanceTimersByTimeAsync(399);
    expect(held.sent).toHaveLength(1);
    expect(queue.pending).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(held.sent[1]).toEqual(["READ* c5"]);
  });

  it("tries at once with resume(), and when the browser is online again", async () => {
    const browser = new EventTarget();
    vi.stubGlobal("addEventListener", browser.addEventListener.bind(browser));
    vi.stubGlobal(
      "removeEventListener",
      browser.removeEventListener.bind(browser),
    );
    const { send, requests } = heldSend();
    const queue = queueOf({ send });
    vi.unstubAllGlobals();
    queue.read(message(1));
    await vi.advanceTimersByTimeAsync(0);
    requests[0]?.fail(new Error("fetch failed"));
    await vi.advanceTimersByTimeAsync(10);
    queue.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(requests).toHaveLength(2);
    requests[1]?.fail(new Error("fetch failed"));
    await vi.advanceTimersByTimeAsync(10);
    browser.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(requests).toHaveLength(3);
  });

  it("gets the others through where the server fails on one of them", async () => {
    const sent: string[][] = [];
    const queue = queueOf({
      async send(variables) {
        sent.push(wire(variables));
        if (wire(variables).includes("READ c3"))
          throw serverError("INTERNAL_SERVER_ERROR");
        return accepted(variables);
      },
    });
    for (let seq = 1; seq <= 8; seq++) queue.read(message(seq));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(queue.pending).toBe(1);
    expect(queue.failure?.code).toBe("INTERNAL_SERVER_ERROR");
    // A new one need not wait for the next attempt at that.
    queue.read(message(9));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.some((marks) => marks.includes("READ c9"))).toBe(true);
    expect(queue.pending).toBe(1);
  });

  it("loses nothing where the whole request is wrong: the app's document may be", async () => {
    const { send, requests } = heldSend();
    const queue = queueOf({ send });
    queue.read(message(1));
    await vi.advanceTimersByTimeAsync(0);
    requests[0]?.fail(serverError("BAD_USER_INPUT"));
    await vi.advanceTimersByTimeAsync(500);
    requests[1]?.accept();
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.pending).toBe(0);
  });

  it("tries again what an answer leaves out", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    queue.read(message(2));
    await vi.advanceTimersByTimeAsync(0);
    held.requests[0]?.answer({ results: [{ error: null }] });
    await vi.advanceTimersByTimeAsync(500);
    expect(held.sent[1]).toEqual(["READ c2"]);
  });

  it("sends again what got no answer in 30 s, and takes no note of a late one", async () => {
    const held = heldSend();
    const queue = queueOf(held);
    queue.read(message(1));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(queue.failure?.code).toBe("NETWORK");
    await vi.advanceTimersByTimeAsync(500);
    expect(held.sent).toEqual([["READ c1"], ["READ c1"]]);
    held.requests[0]?.accept();
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.pending).toBe(1);
    held.requests[1]?.accept();
    await vi.advanceTimersByTimeAsync(0);
    expect([queue.pending, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("stops its timer when closed", async () => {
    const { send, requests } = heldSend();
    const queue = queueOf({ send });
    queue.read(message(1));
    await vi.advanceTimersByTimeAsync(0);
    requests[0]?.fail(new Error("fetch failed"));
    await vi.advanceTimersByTimeAsync(10);
    expect(vi.getTimerCount()).toBe(1);
    await queue.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
