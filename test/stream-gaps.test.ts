import { afterAll, beforeAll, expect, it, vi } from "vitest";
import postgres from "postgres";
import type { MessageRef } from "../src/domain/messages/message-id.js";
import type { StreamRequest } from "../src/stream/subscription.js";
import type { SeenReceipt } from "../src/stream/visible-change.js";
import {
  converse,
  createHubRig,
  listener,
  say,
  viewer,
  type HubRig,
} from "./support/hub.js";
import { createTestDatabase } from "./support/server.js";

// What falls between: a change at every moment of a subscription's start, notices that get lost,
// transactions that were open when a cursor was given out.

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let rig: HubRig;
beforeAll(async () => {
  database = await createTestDatabase();
  rig = await createHubRig(database.url);
  for (const id of ["bob", "carol"])
    await rig.services.users.ensure({ id, displayName: null, avatarUrl: null });
});
afterAll(async () => {
  await rig.close();
  await database.drop();
});

/** Who subscribes: somebody new in each conversation, so that "all conversations" is few. */
let reader = "";
let readers = 0;

const conversation = async () => {
  reader = `reader-${++readers}`;
  return conversationOf(reader);
};

const conversationOf = (owner: string) =>
  converse(rig.services, owner, ["bob", "carol"]);

const request = (
  conversationId: string | null,
  after: string | null = null,
): Omit<StreamRequest, "operation" | "sink"> => ({
  kind: "status",
  viewer: viewer(reader),
  conversationId,
  sentByViewer: false,
  after,
});

const receiptsOf = ({ events }: ReturnType<typeof listener>): SeenReceipt[] =>
  events.flatMap((event) =>
    "messageStatusChanged" in event ? event.messageStatusChanged.receipts : [],
  );

const cursorNow = async (conversationId: string) => {
  const position = await rig.services.conversations.get(conversationId);
  return rig.head.cursorOf(conversationId, position);
};

type Wanted = Omit<StreamRequest, "operation" | "sink">;
type Way = (conversationId: string) => Promise<Wanted>;

/** Bob reads a message. */
const bobReads = (place: MessageRef) =>
  rig.services.receipts.mark(viewer("bob"), "READ", place, { upTo: false });

/** Waits until every follower is live. */
const untilLive = () =>
  vi.waitFor(() => {
    const { followers } = rig.hub.size;
    expect(rig.hub.countByState().get("live") ?? 0).toBe(followers);
  });

/** The reads that the hub makes during some work, in order. */
async function pointsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const points: string[] = [];
  rig.gate = (point) => void points.push(point);
  await work();
  await untilLive();
  await rig.hub.sweep();
  rig.gate = () => undefined;
  return points;
}

/** Does something at the n-th read that the hub makes from now on, with its notice lost or not. */
function actAt(
  at: number,
  isLost: boolean,
  action: () => Promise<unknown>,
): { readonly isDone: boolean } {
  const state = { isDone: false };
  let passed = 0;
  rig.gate = async () => {
    if (passed++ !== at || state.isDone) return;
    rig.bus.isDeaf = isLost;
    await action();
    rig.bus.isDeaf = false;
    state.isDone = true;
  };
  return state;
}

/** The messages of which a subscriber knows that Bob has read them. */
const readByBob = (each: ReturnType<typeof listener>) =>
  new Set(
    receiptsOf(each)
      .filter((r) => r.participant.userId === "bob" && r.kind === "READ")
      .flatMap(({ fromSeq, toSeq }) => [fromSeq, toSeq]),
  );

/** A cursor after which Carol has read. */
async function cursorBefore(conversationId: string): Promise<string> {
  const cursor = await cursorNow(conversationId);
  const first = { conversationId, seq: 1 };
  await rig.services.receipts.mark(viewer("carol"), "READ", first, {
    upTo: false,
  });
  return cursor;
}

const ways: [string, Way][] = [
  ["one conversation, from now", (id) => Promise.resolve(request(id))],
  [
    "one conversation, after a cursor",
    async (id) => request(id, await cursorNow(id)),
  ],
  [
    "one conversation, after a cursor with changes after it",
    async (id) => request(id, await cursorBefore(id)),
  ],
  ["all conversations, from now", () => Promise.resolve(request(null))],
  [
    "all conversations, after a cursor",
    async (id) => request(null, await cursorNow(id)),
  ],
  [
    "all conversations, after a cursor with changes after it",
    async (id) => request(null, await cursorBefore(id)),
  ],
];

it.each(ways)(
  "R22: a change at any moment of a start reaches a subscriber (%s)",
  async (_, make) => {
    const first = await conversation();
    await say(rig.services, reader, first);
    const wantedFirst = await make(first);
    const points = await pointsDuring(async () => {
      const stop = await rig.hub.subscribe({ ...wantedFirst, ...listener() });
      await untilLive();
      await rig.hub.sweep();
      stop();
    });
    expect(points.length).toBeGreaterThan(4);
    for (const isLost of [false, true])
      for (let at = 0; at < points.length; at++) {
        const conversationId = await conversation();
        const place = await say(rig.services, reader, conversationId);
        const wanted = await make(conversationId);
        const alice = listener();
        const change = actAt(at, isLost, () => bobReads(place));
        const stop = await rig.hub.subscribe({ ...wanted, ...alice });
        await vi.waitFor(async () => {
          await rig.hub.sweep();
          expect(change.isDone).toBe(true);
          // "From now" is the moment at which the subscription read where things stand: of a change
          // before it the reader learns from the state, of a change after it from the stream.
          const isOfState = wanted.after === null && isBeforePlace(points, at);
          if (!isOfState) expect([...readByBob(alice)]).toContain(place.seq);
        }, 5_000);
        rig.gate = () => undefined;
        stop();
      }
  },
);

/** Without a cursor, what is committed before the start has been read belongs to the state. */
function isBeforePlace(points: readonly string[], at: number): boolean {
  const placed = points.findIndex(
    (point) => point === "after rights" || point === "after snapshotNow",
  );
  return at < placed;
}

it("R22: a change at any moment at which followers of all conversations wake reaches a subscriber", async () => {
  const wake = async () => {
    const conversationId = await conversation();
    const places = [
      await say(rig.services, reader, conversationId),
      await say(rig.services, reader, conversationId),
    ] as const;
    const alice = listener();
    const stop = await rig.hub.subscribe({ ...request(null), ...alice });
    expect(rig.hub.size.followers).toBe(0);
    return { places, alice, stop };
  };
  for (const isFirstLost of [false, true]) {
    const { places, alice, stop } = await wake();
    const points = await pointsDuring(async () => {
      rig.bus.isDeaf = isFirstLost;
      await bobReads(places[0]);
      rig.bus.isDeaf = false;
      await rig.hub.sweep();
      await vi.waitFor(() => expect(readByBob(alice).size).toBe(1));
    });
    stop();
    expect(points.length).toBeGreaterThan(8);
    for (const isLost of [false, true])
      for (let at = 0; at < points.length; at++) {
        const { places, alice, stop } = await wake();
        const second = actAt(at, isLost, () => bobReads(places[1]));
        rig.bus.isDeaf = isFirstLost;
        await bobReads(places[0]);
        rig.bus.isDeaf = false;
        await vi.waitFor(async () => {
          await rig.hub.sweep();
          expect(second.isDone).toBe(true);
          expect([...readByBob(alice)].toSorted()).toEqual([1, 2]);
        }, 5_000);
        rig.gate = () => undefined;
        stop();
      }
  }
});

it("R22: a lost notice is found by the next sweep", async () => {
  const conversationId = await conversation();
  const place = await say(rig.services, reader, conversationId);
  const alice = listener();
  const stop = await rig.hub.subscribe({
    ...request(conversationId),
    ...alice,
  });
  await rig.hub.sweep();
  rig.bus.isDeaf = true;
  await rig.services.receipts.mark(viewer("bob"), "READ", place, {
    upTo: false,
  });
  rig.bus.isDeaf = false;
  expect(alice.events).toHaveLength(0);
  await rig.hub.sweep();
  await vi.waitFor(() => expect(receiptsOf(alice)).toHaveLength(1));
  stop();
});

it("R22: a doubled or late notice brings nothing twice", async () => {
  const conversationId = await conversation();
  const place = await say(rig.services, reader, conversationId);
  const alice = listener();
  const stop = await rig.hub.subscribe({
    ...request(conversationId),
    ...alice,
  });
  await rig.services.receipts.mark(viewer("bob"), "READ", place, {
    upTo: false,
  });
  await vi.waitFor(() => expect(alice.events).toHaveLength(1));
  for (const version of [1, 2, 2, 1])
    rig.bus.publish({
      kind: "conversation",
      conversationId,
      version,
      xid: null,
    });
  await rig.hub.sweep();
  expect(alice.events).toHaveLength(1);
  stop();
});

it("R22: a cursor over all conversations misses no change whose transaction was open when it was given out", async () => {
  const conversationId = await conversation();
  const place = await say(rig.services, reader, conversationId);
  const other = await conversationOf(reader);
  const blocker = postgres(database.url, { max: 1 });
  // Bob's mark is done but not committed: its row is locked, its time has been taken.
  const held = await blocker.reserve();
  await held`begin`;
  await held`update conversations set version = version + 1, changed_at = now(),
    changed_xid = pg_current_xact_id()::text::int8 where id = ${conversationId}`;
  await held`insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at, is_delivery)
    select c.key, c.version, p.number, 'READ', ${place.seq}, ${place.seq}, c.changed_at, true
    from conversations c join participants p on p.conversation_key = c.key and p.user_id = 'bob'
    where c.id = ${conversationId}`;
  await held`update participants set read = '{[1,2)}', delivered = '{[1,2)}'
    where conversation_id = ${conversationId} and user_id = 'bob'`;

  const { nodes, endCursor } = await rig.services.statusChanges.page(
    viewer(reader),
    await cursorNow(other),
    null,
    100,
  );
  expect(nodes.some((node) => node.conversationId === conversationId)).toBe(
    false,
  );
  await held`commit`;
  held.release();
  await blocker.end();

  const page = await rig.services.statusChanges.page(
    viewer(reader),
    endCursor,
    null,
    100,
  );
  expect(
    page.nodes.find((node) => node.conversationId === conversationId)?.receipts,
  ).toHaveLength(1);
  const alice = listener();
  const stop = await rig.hub.subscribe({
    ...request(null, endCursor),
    ...alice,
  });
  await vi.waitFor(() =>
    expect(
      receiptsOf(alice).filter(
        (r) => r.participant.conversationId === conversationId,
      ),
    ).toHaveLength(1),
  );
  stop();
});

it("R24: a congested subscriber is sent nothing until it drains, and then one merged event", async () => {
  const conversationId = await conversation();
  const alice = listener();
  const bystander = listener();
  const stop = await rig.hub.subscribe({
    ...request(conversationId),
    ...alice,
  });
  const stopOther = await rig.hub.subscribe({
    ...request(conversationId),
    ...bystander,
  });
  await rig.hub.sweep();
  alice.isCongested = true;
  for (let i = 1; i <= 20; i++) {
    const place = await say(rig.services, reader, conversationId);
    await rig.services.receipts.mark(viewer("bob"), "READ", place, {
      upTo: false,
    });
    await vi.waitFor(() => expect(receiptsOf(bystander).at(-1)?.toSeq).toBe(i));
  }
  expect(alice.events).toHaveLength(0);
  alice.drain();
  await vi.waitFor(() => expect(alice.events).toHaveLength(1));
  expect(
    receiptsOf(alice)
      .map(({ fromSeq, toSeq }) => [fromSeq, toSeq])
      .flat(),
  ).toContain(20);
  await rig.hub.sweep();
  const place = await say(rig.services, reader, conversationId);
  await rig.services.receipts.mark(viewer("bob"), "READ", place, {
    upTo: false,
  });
  await vi.waitFor(() => expect(receiptsOf(alice).at(-1)?.toSeq).toBe(21));
  expect(alice.events).toHaveLength(2);
  stop();
  stopOther();
});

it("R24: subscribers of the same audience share one execution and its bytes", async () => {
  const conversationId = await conversation();
  const place = await say(rig.services, reader, conversationId);
  const shared = listener();
  const others = Array.from({ length: 50 }, listener).map((each) => ({
    ...each,
    operation: shared.operation,
  }));
  const stops = await Promise.all(
    others.map((each, i) =>
      rig.hub.subscribe({
        ...request(conversationId),
        viewer: viewer([reader, "bob", "carol"][i % 3] ?? ""),
        ...each,
      }),
    ),
  );
  await rig.hub.sweep();
  await rig.services.receipts.mark(viewer("bob"), "READ", place, {
    upTo: false,
  });
  await vi.waitFor(() =>
    expect(others.every((each) => each.events.length === 1)).toBe(true),
  );
  expect(shared.executions).toBe(1);
  for (const stop of stops) stop();
  expect(rig.hub.size).toEqual({ subscriptions: 0, feeds: 0, followers: 0 });
});

it("R24: marks that arrive while an event is being made are merged into the next", async () => {
  const { id: conversationId } = await rig.services.conversations.create(
    viewer(reader),
    {
      id: null,
      title: null,
      participantIds: Array.from({ length: 200 }, (_, i) => `member-${i}`),
    },
  );
  const place = await say(rig.services, reader, conversationId);
  const alice = listener();
  const stop = await rig.hub.subscribe({
    ...request(conversationId),
    ...alice,
  });
  await rig.hub.sweep();
  await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      rig.services.receipts.mark(viewer(`member-${i}`), "READ", place, {
        upTo: false,
      }),
    ),
  );
  await vi.waitFor(() =>
    expect(
      new Set(receiptsOf(alice).map((r) => r.participant.userId)).size,
    ).toBe(200),
  );
  expect(alice.events.length).toBeLessThan(20);
  stop();
});
