import "fake-indexeddb/auto";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createOutbox,
  createReceiptQueue,
  indexedDbStorage,
  type Outbox,
  type ReceiptMark,
  type ReceiptQueue,
} from "../../packages/client/src/index.js";
import { FakeLocks } from "./support/fake-locks.js";
import {
  accepted,
  heldSend,
  idle,
  message,
  serverError,
  until,
  wire,
} from "./support/marks.js";

let userId: string;
const open = new Set<ReceiptQueue | Outbox>();
beforeEach(() => {
  userId = randomUUID();
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
});
afterEach(() => {
  for (const tab of open) void tab.close();
  open.clear();
  vi.unstubAllGlobals();
});

/** A tab of the user. */
function tab() {
  const held = heldSend();
  const queue = createReceiptQueue({
    userId,
    send: held.send,
    backOff: { firstMs: 10, longestMs: 10 },
  });
  open.add(queue);
  return Object.assign(held, { queue });
}

const pause = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));

describe("two tabs of one user", () => {
  it("send what both gathered through one of them, once", async () => {
    const a = tab();
    const b = tab();
    a.queue.read(message(1));
    const first = await a.request(0);
    b.queue.read(message(2));
    b.queue.deliveredUpTo(message(3));
    await pause();
    expect(b.requests).toHaveLength(0);
    first.accept();
    (await a.request(1)).accept();
    await Promise.all([idle(a.queue), idle(b.queue)]);
    expect([a.requests, b.requests].map((all) => all.length)).toEqual([2, 0]);
    expect(a.sent.flat().sort()).toEqual([
      "DELIVERED* c3",
      "READ c1",
      "READ c2",
    ]);
  });

  it("agree on how much is pending", async () => {
    const a = tab();
    const b = tab();
    a.queue.pause();
    b.queue.pause();
    a.queue.read(message(1));
    b.queue.read(message(2));
    await Promise.all(
      [a, b].map(({ queue }) => until(queue, () => queue.pending === 2)),
    );
    a.queue.readUpTo(message(5));
    await Promise.all(
      [a, b].map(({ queue }) => until(queue, () => queue.pending === 1)),
    );
    b.queue.resume();
    (await b.request(0)).accept();
    await until(a.queue, () => a.queue.pending === 0);
    expect(b.sent).toEqual([["READ* c5"]]);
    expect(a.sent).toEqual([]);
  });

  it("do not send again what the other has had acknowledged", async () => {
    const a = tab();
    const b = tab();
    a.queue.readUpTo(message(5));
    (await a.request(0)).accept();
    await idle(a.queue);
    await pause();
    b.queue.readUpTo(message(5));
    b.queue.delivered(message(4));
    await pause();
    expect([b.queue.pending, b.requests.length]).toEqual([0, 0]);
  });

  it("make the same mark at the same time and send it once", async () => {
    const a = tab();
    const b = tab();
    await pause();
    a.queue.deliveredUpTo(message(7));
    b.queue.deliveredUpTo(message(7));
    const sender = await Promise.race([
      a.request(0).then(() => a),
      b.request(0).then(() => b),
    ]);
    sender.requests[0]?.accept();
    await Promise.all([idle(a.queue), idle(b.queue)]);
    await pause();
    expect(a.requests.length + b.requests.length).toBe(1);
  });

  it("take over from one another: what a closed tab left is sent by the other", async () => {
    const a = tab();
    const b = tab();
    a.queue.read(message(1));
    const first = await a.request(0);
    b.queue.read(message(2));
    await pause();
    const closed = a.queue.close();
    first.fail(new Error("fetch failed"));
    await closed;
    (await b.request(0)).accept();
    await idle(b.queue);
    expect(b.sent).toEqual([["READ c1", "READ c2"]]);
    expect(a.requests).toHaveLength(1);
  });

  it("take over from one whose token has run out", async () => {
    const a = tab();
    const b = tab();
    await Promise.all([idle(a.queue), idle(b.queue)]);
    a.queue.read(message(1));
    (await a.request(0)).fail(serverError("UNAUTHENTICATED"));
    (await b.request(0)).accept();
    await idle(b.queue);
    await until(a.queue, () => a.queue.pending === 0);
    expect(a.queue.state).toBe("paused");
  });

  it("share an outbox in the same way, and both see what became of a message", async () => {
    const sent: string[] = [];
    const outboxOf = () => {
      const outbox = createOutbox({
        userId,
        async send({ input }) {
          sent.push(input.clientId);
          if (input.body === "bad") throw serverError("BAD_USER_INPUT");
          return { message: { id: `m-${input.clientId}` } };
        },
      });
      open.add(outbox);
      return outbox;
    };
    const a = outboxOf();
    const b = outboxOf();
    await pause();
    a.send({ conversationId: "c", body: "good" }, "1");
    b.send({ conversationId: "c", body: "bad" }, "2");
    const look = ({ items }: Outbox) =>
      items.map(({ clientId, state }) => `${clientId} ${state}`).sort();
    for (const outbox of [a, b])
      await until(outbox, () => look(outbox).join() === "1 sent,2 failed");
    expect(sent.sort()).toEqual(["1", "2"]);
    b.discard("2");
    await until(a, () => look(a).join() === "1 sent");
  });
});

describe("a tab that is done with its turn", () => {
  it("sends what is queued while the lock is being given back", async () => {
    vi.stubGlobal("navigator", {
      locks: {
        async request(_: string, __: object, work: () => Promise<void>) {
          await work();
          await pause(60);
        },
      },
    });
    const { queue, request } = tab();
    queue.read(message(1));
    (await request(0)).accept();
    await until(queue, () => queue.pending === 0);
    await pause(30);
    queue.read(message(2));
    (await request(1)).accept();
    await idle(queue);
  });

  it("does not send what another tab queued that did not know of it yet", async () => {
    const { queue, request } = tab();
    queue.readUpTo(message(5));
    (await request(0)).accept();
    await idle(queue);
    const storage = indexedDbStorage<ReceiptMark>(`acked-receipts:${userId}`);
    await storage.update(
      [
        {
          key: "READ:c3",
          queuedAtMs: 1,
          messageId: "c3",
          conversationId: "c",
          seq: 3,
          kind: "READ",
          upTo: false,
        },
      ],
      [],
    );
    queue.read(message(9));
    const second = await request(1);
    expect(wire(second.variables)).toEqual(["READ c9"]);
    second.accept();
    await idle(queue);
    await pause();
    expect(await storage.load()).toEqual([]);
  });
});

describe("tabs without Web Locks", () => {
  it("still share the queue: each may send, and nothing is left", async () => {
    vi.stubGlobal("navigator", {});
    const sent: string[] = [];
    const tabs = [1, 2].map(() => {
      const queue = createReceiptQueue({
        userId,
        async send(variables) {
          sent.push(...wire(variables));
          await pause(5);
          return accepted(variables);
        },
      });
      open.add(queue);
      return queue;
    });
    tabs[0]?.read(message(1));
    tabs[1]?.read(message(2));
    await pause();
    for (const queue of tabs) await idle(queue);
    expect([...new Set(sent)].sort()).toEqual(["READ c1", "READ c2"]);
  });

  it("work where the browser refuses locks", async () => {
    vi.stubGlobal("navigator", {
      locks: {
        request: () => Promise.reject(new DOMException("no", "SecurityError")),
      },
    });
    const a = tab();
    a.queue.read(message(1));
    (await a.request(0)).accept();
    await idle(a.queue);
  });
});
