import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, inTransaction, type Db } from "../src/db/connect.js";
import type { MessageRef } from "../src/domain/messages/message-id.js";
import { messageQueries } from "../src/domain/messages/message-queries.js";
import { receiptQueries } from "../src/domain/receipts/receipt-queries.js";
import { SeqSet } from "../src/foundation/seq-set.js";
import type { StreamRequest } from "../src/stream/subscription.js";
import {
  converse,
  listener,
  rigForFile,
  say,
  viewer,
  type Listener,
} from "./support/hub.js";

// The order of changes is that of transactions, as Postgres knows it. A transaction may commit long after
// it began, and after later ones: cursors that were given out meanwhile still lead to what it changed.

const rig = rigForFile();

/** The person who reads the stream: somebody new in each test, so that "all conversations" is few. */
let reader = "";
beforeEach(() => {
  reader = `reader-${randomUUID().slice(0, 8)}`;
});

const conversation = () => converse(rig().services, reader, ["bob", "carol"]);

const bobReads = (place: MessageRef) =>
  rig().services.receipts.mark(viewer("bob"), "READ", place, { upTo: false });

/** A transaction that was held open. */
interface Held {
  commit(): Promise<void>;
}

const held: Held[] = [];
afterEach(async () => {
  for (const each of held.splice(0)) await each.commit();
});

/** Does some work in a transaction that stays open until it is told to commit. */
async function hold(work: (tx: Db) => Promise<unknown>): Promise<Held> {
  const stranger = connect(rig().url, { max: 1 });
  let commit = (): void => undefined;
  const told = new Promise<void>((resolve) => (commit = resolve));
  let onDone = (): void => undefined;
  const done = new Promise<void>((resolve) => (onDone = resolve));
  const ended = inTransaction(stranger.db, async (tx) => {
    await work(tx);
    onDone();
    await told;
  });
  await Promise.race([done, ended]);
  const self: Held = {
    async commit() {
      commit();
      await ended;
      await stranger.close();
    },
  };
  held.push(self);
  return self;
}

/** As an ordinary batch is written. */
const ordinarily = { waitMs: null, largestSets: Number.MAX_SAFE_INTEGER };

/** Bob's mark, in a transaction that stays open. */
const holdMark = ({ conversationId, seq }: MessageRef) =>
  hold(async (tx) => {
    const covers = SeqSet.span(seq, seq);
    const mark = { conversationId, seq, covers, userId: "bob", sentMs: null };
    const [outcome] = await receiptQueries(tx).mark(
      [{ ...mark, kind: "READ" }],
      [covers],
      ordinarily,
    );
    expect(outcome?.changed).toBe(true);
  });

/** Bob's message, in a transaction that stays open. */
const holdMessage = (conversationId: string) =>
  hold(async (tx) => {
    const [message] = await messageQueries(tx, (id) => id).insert(
      [
        {
          conversationId,
          senderId: "bob",
          clientId: randomUUID(),
          body: "late",
          type: "text",
          fileType: null,
          contentDigest: "",
        },
      ],
      ordinarily,
    );
    expect(message).toBeDefined();
  });

const wanted = (
  kind: StreamRequest["kind"],
  conversationId: string | null,
  after: string | null,
): Omit<StreamRequest, "operation" | "sink"> => ({
  kind,
  viewer: viewer(reader),
  conversationId,
  sentByViewer: false,
  after,
});

/** The conversations of which a subscriber was told that somebody has read, as often as they were. */
const told = ({ events }: Listener) =>
  events.flatMap((event) =>
    "messageStatusChanged" in event
      ? event.messageStatusChanged.receipts.map(
          ({ participant }) => participant.conversationId,
        )
      : [],
  );

const bodies = ({ events }: Listener) =>
  events.flatMap((event) =>
    "messageAdded" in event ? [event.messageAdded.message.row.body] : [],
  );

const cursorsOf = ({ events }: Listener) =>
  events.flatMap((event) => {
    if ("badgeChanged" in event) return [];
    return "messageStatusChanged" in event
      ? event.messageStatusChanged.cursor
      : event.messageAdded.cursor;
  });

/** The conversations in which the pages after a cursor tell of receipts. */
async function pagesAfter(
  after: string,
  first = 100,
  betweenPages: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ told: string[]; endCursor: string }> {
  const seen: string[] = [];
  for (let pages = 0; ; pages++) {
    if (pages > 1_000) throw new Error("the pages have no end");
    const { nodes, endCursor, hasNextPage } =
      await rig().services.statusChanges.page(
        viewer(reader),
        after,
        null,
        first,
      );
    expect(nodes.length).toBeLessThanOrEqual(first);
    for (const { reset, conversationId, receipts } of nodes) {
      expect(reset).toBe(false);
      if (receipts.length > 0) seen.push(conversationId);
    }
    if (!hasNextPage) return { told: seen, endCursor };
    after = endCursor;
    await betweenPages();
  }
}

const cursorIn = async (conversationId: string) =>
  rig().services.head.cursorOf(
    conversationId,
    await rig().services.conversations.get(conversationId),
  );

describe("R22: a transaction that is open while cursors are given out", () => {
  /** Every cursor that somebody can get hold of while something is open elsewhere. */
  async function cursorsMeanwhile(
    kind: StreamRequest["kind"],
    other: string,
  ): Promise<Map<string, string>> {
    const { services, hub } = rig();
    const before = await cursorIn(other);
    const alice = listener();
    const stop = await hub.subscribe({
      ...wanted(kind, null, before),
      ...alice,
    });
    const place = await say(services, "carol", other);
    const marked = await bobReads(place);
    await vi.waitFor(() => expect(alice.events.length).toBeGreaterThan(0));
    await hub.sweep();
    await hub.sweep();
    await bobReads(await say(services, "carol", other));
    await vi.waitFor(() => expect(alice.events.length).toBeGreaterThan(1));
    stop();
    return new Map([
      ["of a conversation", await cursorIn(other)],
      ["of a mark", services.head.cursorOf(other, marked.position)],
      ["of the first event", cursorsOf(alice).at(0) ?? ""],
      ["of the last event", cursorsOf(alice).at(-1) ?? ""],
      ["of the last page", (await pagesAfter(before)).endCursor],
      ["of pages of one", (await pagesAfter(before, 1)).endCursor],
    ]);
  }

  it("is missed by no cursor: status, by query and by both subscriptions", async () => {
    const conversationId = await conversation();
    const place = await say(rig().services, reader, conversationId);
    const other = await conversation();
    const live = listener();
    const stopLive = await rig().hub.subscribe({
      ...wanted("status", null, null),
      ...live,
    });
    const open = await holdMark(place);
    const cursors = await cursorsMeanwhile("status", other);
    expect(told(live)).not.toContain(conversationId);
    await open.commit();
    await rig().hub.sweep();
    await vi.waitFor(() => expect(told(live)).toContain(conversationId));
    stopLive();
    for (const [what, after] of cursors) {
      const byPages = (await pagesAfter(after)).told;
      const bySingles = (await pagesAfter(after, 1)).told;
      expect({ what, byPages, bySingles }).toMatchObject({
        byPages: expect.arrayContaining([conversationId]) as unknown,
        bySingles: expect.arrayContaining([conversationId]) as unknown,
      });
      for (const id of [null, conversationId]) {
        const alice = listener();
        const stop = await rig().hub.subscribe({
          ...wanted("status", id, after),
          ...alice,
        });
        await vi.waitFor(() =>
          expect({ what, id, told: told(alice) }).toMatchObject({
            told: expect.arrayContaining([conversationId]) as unknown,
          }),
        );
        stop();
      }
    }
  });

  it("is missed by no cursor: messages", async () => {
    const conversationId = await conversation();
    const other = await conversation();
    const live = listener();
    const stopLive = await rig().hub.subscribe({
      ...wanted("messages", null, null),
      ...live,
    });
    const open = await holdMessage(conversationId);
    const cursors = await cursorsMeanwhile("messages", other);
    expect(bodies(live)).not.toContain("late");
    await open.commit();
    await rig().hub.sweep();
    await vi.waitFor(() => expect(bodies(live)).toContain("late"));
    stopLive();
    for (const [what, after] of cursors)
      for (const id of [null, conversationId]) {
        const alice = listener();
        const stop = await rig().hub.subscribe({
          ...wanted("messages", id, after),
          ...alice,
        });
        await vi.waitFor(() =>
          expect({ what, id, bodies: bodies(alice) }).toMatchObject({
            bodies: expect.arrayContaining(["late"]) as unknown,
          }),
        );
        await rig().hub.sweep();
        expect(bodies(alice).filter((body) => body === "late")).toHaveLength(1);
        stop();
      }
  });

  it("and that is a stranger's makes no page repeat, and holds nobody's cursor back", async () => {
    await hold((tx) => tx.execute(sql`select pg_current_xact_id()`));
    const { services } = rig();
    const places = await Promise.all(
      Array.from({ length: 20 }, async () =>
        say(services, reader, await conversation()),
      ),
    );
    const start = await cursorIn(places[0]?.conversationId ?? "");
    for (const place of places) await bobReads(place);
    for (const first of [1, 3, 7, 20, 100]) {
      const once = await pagesAfter(start, first);
      expect(once.told.toSorted()).toEqual(
        places.map(({ conversationId }) => conversationId).toSorted(),
      );
      expect((await pagesAfter(once.endCursor, first)).told).toEqual([]);
    }
    const alice = listener();
    const { endCursor } = await pagesAfter(start);
    const stop = await rig().hub.subscribe({
      ...wanted("status", null, endCursor),
      ...alice,
    });
    await rig().hub.sweep();
    await rig().hub.sweep();
    expect(alice.events).toEqual([]);
    stop();
  });

  it("is rolled back: nobody is told of anything", async () => {
    const conversationId = await conversation();
    const place = await say(rig().services, reader, conversationId);
    const after = await cursorIn(conversationId);
    await expect(
      inTransaction(rig().database.db, async (tx) => {
        const covers = SeqSet.span(place.seq, place.seq);
        await receiptQueries(tx).mark(
          [{ ...place, covers, userId: "bob", sentMs: null, kind: "READ" }],
          [covers],
          ordinarily,
        );
        throw new Error("rolled back");
      }),
    ).rejects.toThrow("rolled back");
    expect((await pagesAfter(after)).told).toEqual([]);
  });
});

describe("R22: pages of statusChanges over all conversations", () => {
  it("tell of every conversation that changed once, in any order of changes, with every page size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            order: fc.array(fc.nat(count - 1), { minLength: 1, maxLength: 16 }),
          }),
        ),
        async ({ count, order }) => {
          reader = `reader-${randomUUID().slice(0, 8)}`;
          const ids = await inManyConversations(count, order.length);
          const after = await cursorIn(ids[0] ?? "");
          const change = changerOf(ids);
          for (const i of order) await change(i);
          const changed = new Set(order.map((i) => ids[i]));
          for (let first = 1; first <= count + 1; first++) {
            const pages = await pagesAfter(after, first);
            expect(pages.told.toSorted()).toEqual([...changed].toSorted());
            expect((await pagesAfter(pages.endCursor, first)).told).toEqual([]);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("tell of every conversation that changed, also while others change between pages", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 8 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            first: fc.integer({ min: 1, max: count }),
            order: fc.array(fc.nat(count - 1), { minLength: 1, maxLength: 10 }),
            between: fc.array(fc.nat(count - 1), { maxLength: 10 }),
          }),
        ),
        async ({ count, first, order, between }) => {
          reader = `reader-${randomUUID().slice(0, 8)}`;
          const ids = await inManyConversations(
            count,
            order.length + between.length,
          );
          const after = await cursorIn(ids[0] ?? "");
          const change = changerOf(ids);
          for (const i of order) await change(i);
          const waiting = [...between];
          const done: number[] = [];
          const pages = await pagesAfter(after, first, async () => {
            const i = waiting.shift();
            if (i === undefined) return;
            await change(i);
            done.push(i);
          });
          const rest = await pagesAfter(pages.endCursor, first);
          const changed = new Set([...order, ...done].map((i) => ids[i]));
          expect(
            [...new Set([...pages.told, ...rest.told])].toSorted(),
          ).toEqual([...changed].toSorted());
          // What changed before the first page was read is in these pages, without the rest.
          for (const i of order) expect(pages.told).toContain(ids[i]);
          expect((await pagesAfter(rest.endCursor, first)).told).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  /** So many conversations, with so many messages in each. */
  function inManyConversations(
    count: number,
    messages: number,
  ): Promise<string[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const conversationId = await conversation();
        await Promise.all(
          Array.from({ length: messages }, () =>
            say(rig().services, reader, conversationId),
          ),
        );
        return conversationId;
      }),
    );
  }

  /** A change in the i-th conversation: Bob reads the next message there. */
  function changerOf(conversationIds: readonly string[]) {
    const read = new Map<number, number>();
    return (i: number) => {
      const seq = (read.get(i) ?? 0) + 1;
      read.set(i, seq);
      return bobReads({ conversationId: conversationIds[i] ?? "", seq });
    };
  }
});
