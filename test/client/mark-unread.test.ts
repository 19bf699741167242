import { afterEach, describe, expect, it } from "vitest";
import {
  createReceiptQueue,
  memoryStorage,
  type MarkUnreadVariables,
  type QueuedMark,
  type ReceiptQueue,
  type ReceiptQueueOptions,
  type SyncReceiptsVariables,
} from "../../src/client/index.js";
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
  await Promise.all([...open].map((queue) => queue.close()));
  open.clear();
});

/** A queue whose server takes everything, and what it has sent, in order. */
function queueOf(options: Partial<ReceiptQueueOptions> = {}) {
  const sent: string[] = [];
  const queue = createReceiptQueue({
    userId: "bob",
    storage: memoryStorage(),
    backOff: { firstMs: 1, longestMs: 1 },
    send(variables) {
      sent.push(...withSeen(variables));
      return Promise.resolve(accepted(variables));
    },
    sendUnread({ input }) {
      sent.push(`UNREAD ${input.fromMessageId}`);
      return Promise.resolve({ cursor: `flagged ${input.fromMessageId}` });
    },
    ...options,
  });
  open.add(queue);
  return { queue, sent };
}

/** Marks as the wire has them, each with the cursor that it carries. */
function withSeen(variables: SyncReceiptsVariables): string[] {
  return wire(variables).map((mark, i) => {
    const seen = variables.input.receipts[i]?.seen;
    return seen === undefined ? mark : `${mark} @${seen}`;
  });
}

describe("marking as unread", () => {
  it("R32: keeps its place among the marks of its conversation, and holds up no other", async () => {
    const { queue, sent } = queueOf();
    queue.pause();
    queue.readUpTo(message(10));
    queue.markUnread(message(7));
    queue.read(message(8));
    queue.read(message(1, "d"));
    expect(queue.pending).toBe(4);
    queue.resume();
    await idle(queue);
    expect(sent).toEqual(["READ* c10", "READ d1", "UNREAD c7", "READ c8"]);
  });

  it("outlives its page, with what came before and after it", async () => {
    const storage = memoryStorage<QueuedMark>();
    const first = queueOf({ storage });
    first.queue.pause();
    first.queue.readUpTo(message(10));
    first.queue.markUnread(message(7));
    first.queue.readUpTo(message(10));
    await first.queue.close();
    const { queue, sent } = queueOf({ storage });
    await until(queue, () => queue.pending > 0);
    await idle(queue);
    // The second reading covers the first.
    expect(sent).toEqual(["UNREAD c7", "READ* c10"]);
  });

  it("is sent again where no answer came, while other conversations go on", async () => {
    let attempts = 0;
    const { queue, sent } = queueOf({
      sendUnread() {
        attempts++;
        return attempts < 3
          ? Promise.reject(new Error("fetch failed"))
          : Promise.resolve({ cursor: "flagged" });
      },
    });
    queue.markUnread(message(7));
    queue.read(message(1, "d"));
    queue.read(message(8));
    await idle(queue);
    expect(attempts).toBe(3);
    expect(sent).toEqual(["READ d1", "READ c8"]);
  });

  it("that is refused is dropped and told of, and what came after it goes on", async () => {
    const refused: string[] = [];
    const { queue, sent } = queueOf({
      sendUnread: () => Promise.reject(serverError("NOT_FOUND")),
      onRefused: (all) =>
        refused.push(...all.map(({ mark, code }) => `${code} ${mark.kind}`)),
    });
    queue.markUnread(message(7));
    queue.read(message(8));
    await idle(queue);
    expect(refused).toEqual(["NOT_FOUND UNREAD"]);
    expect(sent).toEqual(["READ c8"]);
  });

  it("loses no mark that is made again while the first one is under way", async () => {
    const held = heldSend();
    const unread: MarkUnreadVariables[] = [];
    const { queue } = queueOf({
      ...held,
      sendUnread(variables) {
        unread.push(variables);
        return Promise.resolve({ cursor: "flagged" });
      },
    });
    queue.readUpTo(message(4));
    const first = await held.request(0);
    queue.markUnread(message(2));
    queue.readUpTo(message(4));
    first.accept();
    const second = await held.request(1);
    expect(unread).toHaveLength(1);
    second.accept();
    await idle(queue);
    expect(held.sent).toEqual([["READ* c4"], ["READ* c4"]]);
  });

  it("needs a way to be sent", () => {
    const queue = createReceiptQueue({
      userId: "bob",
      storage: memoryStorage(),
      send: (variables) => Promise.resolve(accepted(variables)),
    });
    open.add(queue);
    expect(() => queue.markUnread(message(1))).toThrow("sendUnread");
  });
});

describe("what the device had seen", () => {
  it("R32: goes with reads, from when they were made, and not with deliveries", async () => {
    const { queue, sent } = queueOf();
    queue.pause();
    queue.read(message(1));
    queue.saw("c", "k1");
    queue.read(message(2));
    queue.saw("c", "k2");
    queue.saw("d", "k3");
    queue.read(message(3));
    queue.delivered(message(9));
    queue.resume();
    await idle(queue);
    expect(sent.sort()).toEqual([
      "DELIVERED c9",
      "READ c1",
      "READ c2 @k1",
      "READ c3 @k2",
    ]);
  });

  it("R32: a read that was made before does not stand for one made since; a later one does", async () => {
    const { queue, sent } = queueOf();
    queue.pause();
    queue.saw("c", "k1");
    queue.readUpTo(message(10));
    queue.saw("c", "k2");
    queue.read(message(8));
    queue.resume();
    await idle(queue);
    expect(sent.sort()).toEqual(["READ c8 @k2", "READ* c10 @k1"]);
    queue.pause();
    queue.readUpTo(message(11));
    queue.saw("c", "k3");
    queue.readUpTo(message(12));
    queue.resume();
    await idle(queue);
    expect(sent.slice(2)).toEqual(["READ* c12 @k3"]);
  });

  it("R32: reading after one's own flag takes it off, whatever the device had seen before", async () => {
    const { queue, sent } = queueOf();
    queue.saw("c", "k1");
    queue.pause();
    queue.markUnread(message(7));
    // An event of before the flag.
    queue.saw("c", "k2");
    queue.read(message(8));
    queue.resume();
    await idle(queue);
    queue.read(message(9));
    await idle(queue);
    expect(sent).toEqual(["UNREAD c7", "READ c8", "READ c9 @flagged c7"]);
  });

  it("R33: after something new was seen, reads that were acknowledged are no longer known; deliveries are", async () => {
    const { queue, sent } = queueOf();
    queue.saw("c", "k1");
    queue.readUpTo(message(4));
    queue.read(message(7));
    await idle(queue);
    queue.saw("c", "k1");
    queue.saw("d", "k2");
    queue.readUpTo(message(4));
    expect(queue.pending).toBe(0);
    queue.saw("c", "k2");
    queue.deliveredUpTo(message(4));
    queue.delivered(message(7));
    expect(queue.pending).toBe(0);
    queue.readUpTo(message(3));
    queue.read(message(7));
    await idle(queue);
    expect(sent.slice(2)).toEqual(["READ* c3 @k2", "READ c7 @k2"]);
  });

  it("R33: an answer to a mark of before tells nothing of what was flagged since", async () => {
    const held = heldSend();
    const { queue } = queueOf(held);
    queue.saw("c", "k1");
    queue.read(message(4));
    const first = await held.request(0);
    queue.saw("c", "k2");
    first.accept();
    await idle(queue);
    queue.read(message(4));
    (await held.request(1)).accept();
    await idle(queue);
    expect(held.sent).toEqual([["READ c4"], ["READ c4"]]);
  });
});
