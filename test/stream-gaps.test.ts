import { afterAll, beforeAll, expect, it, vi } from "vitest";
import postgres from "postgres";
import { encodeCursor } from "../src/stream/cursor.js";
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
  rig = createHubRig(database.url);
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
  const { version, lastSeq, atMs } =
    await rig.services.conversations.get(conversationId);
  return encodeCursor({
    atMs: rig.services.horizon.settledAt(atMs),
    place: { conversationId, version, lastSeq },
  });
};

/** The reads that a subscription makes before it is live, in order, when nothing happens meanwhile. */
async function pointsOf(
  make: (
    conversationId: string,
  ) => Promise<Omit<StreamRequest, "operation" | "sink">>,
): Promise<string[]> {
  const conversationId = await conversation();
  await say(rig.services, reader, conversationId);
  const points: string[] = [];
  const wanted = await make(conversationId);
  rig.gate = (point) => void points.push(point);
  const stop = await rig.hub.subscribe({ ...wanted, ...listener() });
  await vi.waitFor(() =>
    expect(points.filter((p) => p === "after members").length).toBeGreaterThan(
      0,
    ),
  );
  await rig.hub.sweep();
  rig.gate = () => undefined;
  stop();
  return points;
}

const ways: [
  string,
  (
    conversationId: string,
  ) => Promise<Omit<StreamRequest, "operation" | "sink">>,
][] = [
  ["one conversation, from now", (id) => Promise.resolve(request(id))],
  [
    "one conversation, after a cursor",
    async (id) => request(id, await cursorNow(id)),
  ],
  ["all conversations, from now", () => Promise.resolve(request(null))],
  [
    "all conversations, after a cursor",
    async (id) => request(null, await cursorNow(id)),
  ],
];

it.each(ways)(
  "R22: a change at any moment of a start reaches a subscriber (%s)",
  async (_, make) => {
    const points = await pointsOf(make);
    expect(points.length).toBeGreaterThan(4);
    for (const lost of [false, true])
      for (let at = 0; at < points.length; at++) {
        const conversationId = await conversation();
        const place = await say(rig.services, reader, conversationId);
        const wanted = await make(conversationId);
        const alice = listener();
        let passed = 0;
        let isDone = false;
        rig.gate = async () => {
          if (passed++ !== at || isDone) return;
          isDone = true;
          rig.bus.isDeaf = lost;
          await rig.services.receipts.mark(viewer("bob"), "READ", place, {
            upTo: false,
          });
          rig.bus.isDeaf = false;
        };
        const stop = await rig.hub.subscribe({ ...wanted, ...alice });
        await vi.waitFor(async () => {
          await rig.hub.sweep();
          expect(isDone).toBe(true);
          // "From now" is the moment at which the subscription took its place: before it, the reader
          // learns of the change from the state, after it from the stream.
          const learnt = receiptsOf(alice).some(
            (r) => r.participant.userId === "bob" && r.kind === "READ",
          );
          const startedLater =
            wanted.after === null &&
            rig.hub.size.followers > 0 &&
            alice.events.length === 0;
          expect(learnt || (startedLater && isBeforePlace(points, at))).toBe(
            true,
          );
        }, 5_000);
        rig.gate = () => undefined;
        stop();
      }
  },
);

/** Without a cursor, what is committed before the start has been read belongs to the state. */
function isBeforePlace(points: readonly string[], at: number): boolean {
  const placed = points.findIndex(
    (point) => point === "after members" || point === "after conversationsOf",
  );
  return at < placed;
}

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
    rig.bus.publish({ kind: "conversation", conversationId, version });
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
  await held`update conversations set version = version + 1, changed_at = now() where id = ${conversationId}`;
  await held`insert into receipt_log (conversation_key, version, participant_key, kind, first_seq, last_seq, at, is_delivery)
    select c.key, c.version, p.key, 'READ', ${place.seq}, ${place.seq}, c.changed_at, true
    from conversations c join participants p on p.conversation_id = c.id and p.user_id = 'bob'
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
