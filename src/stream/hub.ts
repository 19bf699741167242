import { Batcher } from "../foundation/batcher.js";
import {
  membershipKey,
  type Membership,
} from "../domain/conversations/participant.js";
import { badInput, notFound } from "../foundation/errors.js";
import type { MessageService } from "../domain/messages/message-service.js";
import type { ChangeQueries } from "./log-queries.js";
import type { Position } from "../domain/conversations/position.js";
import type { ChangeService } from "./changes.js";
import type { Horizon } from "./commit-horizon.js";
import type { Bus, Notice } from "../bus/bus.js";
import { decodeCursor, type StreamCursor } from "./cursor.js";
import { Feed, type FeedDependencies } from "./feed.js";
import type { MemberQueries, MemberRow } from "./rights-queries.js";
import type { StreamRequest, Subscription, Tap } from "./subscription.js";

/** More than any version: a place that no conversation has reached, answered by a reset (R25). */
const beyondAnyPlace: Position = {
  version: Number.MAX_SAFE_INTEGER,
  lastSeq: Number.MAX_SAFE_INTEGER,
};

/** What the hub holds now, for metrics and tests. */
export interface HubSize {
  readonly subscriptions: number;
  readonly feeds: number;
  readonly taps: number;
}

/** All subscriptions of this node. */
export interface Hub {
  /**
   * Starts a subscription: registers first, then reads what happened since the cursor, then goes
   * on live, so that nothing falls between.
   * @returns a function that ends it
   * @throws {AppError} NOT_FOUND, BAD_USER_INPUT
   */
  subscribe(request: StreamRequest): Promise<() => void>;
  /** Compares versions with the database, at once: finds what a lost notice left behind. */
  sweep(): Promise<void>;
  readonly size: HubSize;
  close(): void;
}

/** Makes the hub of a node and starts listening to the bus. */
export function createHub({
  bus,
  changes,
  messages,
  members,
  queries,
  horizon,
  sweepMs,
  onError,
}: {
  bus: Bus;
  changes: ChangeService;
  messages: MessageService;
  members: MemberQueries;
  queries: ChangeQueries;
  horizon: Horizon;
  /** How often versions are compared with the database. */
  sweepMs: number;
  onError: (error: unknown) => void;
}): Hub {
  const subscriptions = new Set<Subscription>();
  const byUser = new Map<string, Set<Subscription>>();
  const feeds = new Map<string, Feed>();
  /** Everything committed before this time has been sent to every live tap. */
  let watermarkMs = 0;
  let ticks = 0;
  let sweeping: Promise<void> | null = null;

  const memberReads = new Batcher<Membership, MemberRow | null>({
    keyOf: membershipKey,
    concurrency: 4,
    run: async (keys) => {
      const rows = await members.members(keys);
      const found = new Map(rows.map((row) => [membershipKey(row), row]));
      return keys.map((key) => found.get(membershipKey(key)) ?? null);
    },
  });

  const needs: FeedDependencies = {
    changes,
    messages,
    member: (key) => memberReads.submit(key),
    tick: () => ++ticks,
    watermarkMs: currentWatermark,
    settledAt: horizon.settledAt,
    onRemoved(tap) {
      // One conversation: the subscription is over (R21). All: the others go on.
      if (tap.subscription.request.conversationId === null) detach(tap);
      else {
        tap.subscription.request.sink.complete();
        end(tap.subscription);
      }
    },
    onStateChange({ subscription }) {
      const isBehind = [...subscription.taps.values()].some(
        (tap) => tap.state !== "live",
      );
      if (!isBehind) subscription.heldWatermarkMs = null;
      else subscription.heldWatermarkMs ??= currentWatermark(subscription);
    },
    onError,
  };

  function currentWatermark({
    heldWatermarkMs,
    startedMs,
  }: Subscription): number {
    return heldWatermarkMs ?? Math.max(watermarkMs, startedMs);
  }

  function attach(
    subscription: Subscription,
    conversationId: string,
    place: Position,
  ): Tap {
    let feed = feeds.get(conversationId);
    if (!feed)
      feeds.set(conversationId, (feed = new Feed(conversationId, needs)));
    const tap: Tap = {
      subscription,
      feed,
      place,
      state: "opening",
      liveSince: 0,
    };
    subscription.taps.set(conversationId, tap);
    feed.taps.add(tap);
    return tap;
  }

  /** Lets a tap read from its place on. */
  function begin(tap: Tap): void {
    if (tap.state !== "opening") return;
    tap.state = "behind";
    void tap.feed.catchUp(tap);
  }

  function detach(tap: Tap): void {
    tap.state = "closed";
    tap.subscription.taps.delete(tap.feed.conversationId);
    tap.feed.taps.delete(tap);
    if (tap.feed.taps.size === 0) feeds.delete(tap.feed.conversationId);
  }

  function end(subscription: Subscription): void {
    subscription.state = "closed";
    subscriptions.delete(subscription);
    const { userId } = subscription.request.viewer;
    const ofUser = byUser.get(userId);
    ofUser?.delete(subscription);
    if (ofUser?.size === 0) byUser.delete(userId);
    for (const tap of [...subscription.taps.values()]) detach(tap);
  }

  async function openOne(
    subscription: Subscription,
    conversationId: string,
    cursor: StreamCursor | null,
  ): Promise<void> {
    const { viewer } = subscription.request;
    // Registered before anything is read: what happens from here on rings the feed.
    const tap = attach(subscription, conversationId, {
      version: 0,
      lastSeq: 0,
    });
    const now = viewer.isService
      ? (await queries.versions({ ids: [conversationId] }))[0]
      : await memberReads.submit({ conversationId, userId: viewer.userId });
    if (!now || ("isActive" in now && !now.isActive))
      throw notFound("conversation");
    const place = cursor && (await changes.resolve(conversationId, cursor));
    const isKnown = place !== null && place.version <= now.version;
    if (cursor && !isKnown) assertCanReset(subscription);
    tap.place = cursor ? (place ?? beyondAnyPlace) : now;
    begin(tap);
  }

  /** A reset is an event of status changes (R25); a stream of messages has no way to say it. */
  function assertCanReset({ request }: Subscription): void {
    if (request.kind === "messages")
      throw badInput(
        ["after"],
        "is not a place in this stream: read the messages anew.",
      );
  }

  async function openAll(
    subscription: Subscription,
    cursor: StreamCursor | null,
  ): Promise<void> {
    const { viewer } = subscription.request;
    if (viewer.isService)
      throw badInput(["conversationId"], "is needed with a service token.");
    const { nowMs, settledMs } = await horizon.read();
    subscription.startedMs = subscription.heldWatermarkMs =
      cursor?.atMs ?? settledMs;
    const resumed =
      cursor && (await changes.resolveAll(viewer.userId, cursor, nowMs));
    const isReset = cursor !== null && resumed === null;
    if (isReset) {
      assertCanReset(subscription);
      subscription.startedMs = subscription.heldWatermarkMs = settledMs;
    }
    const own = await members.conversationsOf([viewer.userId]);
    own.forEach(({ conversationId, ...now }, i) => {
      const resumeAt = resumed?.get(conversationId);
      if (resumeAt && resumeAt.version > now.version)
        assertCanReset(subscription);
      const place = isReset && i === 0 ? beyondAnyPlace : (resumeAt ?? now);
      begin(attach(subscription, conversationId, place));
    });
  }

  /** Taps the conversations that the users of these subscriptions have come into since. */
  async function syncConversations(
    all: readonly Subscription[],
  ): Promise<void> {
    const userIds = new Set(
      all.map((subscription) => subscription.request.viewer.userId),
    );
    if (userIds.size === 0) return;
    for (const {
      userId,
      conversationId,
      version,
      lastSeq,
    } of await members.conversationsOf([...userIds]))
      for (const subscription of all) {
        const isNew =
          subscription.request.viewer.userId === userId &&
          !subscription.taps.has(conversationId);
        if (!isNew || subscription.state !== "open") continue;
        const tap = attach(subscription, conversationId, { version, lastSeq });
        try {
          // What happened there between their coming and now is theirs as well.
          const atMs = currentWatermark(subscription);
          const place = await changes.resolve(conversationId, {
            atMs,
            place: null,
          });
          tap.place = place ?? tap.place;
        } catch (error) {
          detach(tap); // the next sweep tries again
          throw error;
        }
        begin(tap);
      }
  }

  function hear(notice: Notice): void {
    if (notice.kind === "conversation") {
      feeds.get(notice.conversationId)?.ring(notice.version).catch(onError);
      return;
    }
    const ofUser = [...(byUser.get(notice.userId) ?? [])];
    for (const subscription of ofUser) subscription.isOutdated = true;
    for (const { taps } of ofUser)
      for (const { feed } of taps.values()) feed.refreshMembers();
    syncConversations(ofUser.filter(isOfAll)).catch(onError);
  }

  async function sweepNow(): Promise<void> {
    if (subscriptions.size === 0) return;
    const { settledMs } = await horizon.read();
    await syncConversations([...subscriptions].filter(isOfAll));
    for (const feed of feeds.values()) feed.refreshMembers();
    const versions = await queries.versions({ ids: [...feeds.keys()] });
    await Promise.all(
      versions.map(async ({ conversationId, version }) =>
        feeds.get(conversationId)?.ring(version),
      ),
    );
    for (const feed of feeds.values())
      for (const tap of feed.taps)
        if (!tap.subscription.request.sink.isCongested) void feed.catchUp(tap);
    watermarkMs = settledMs;
  }

  function sweep(): Promise<void> {
    return (sweeping ??= sweepNow().finally(() => (sweeping = null)));
  }

  const stopListening = bus.listen(hear);
  const timer = setInterval(() => void sweep().catch(onError), sweepMs);
  timer.unref();

  return {
    async subscribe(request) {
      const cursor =
        request.after === null ? null : decodeCursor(request.after);
      const subscription: Subscription = {
        request,
        taps: new Map(),
        startedMs: 0,
        heldWatermarkMs: null,
        state: "opening",
        isOutdated: false,
      };
      subscriptions.add(subscription);
      byUser.set(
        request.viewer.userId,
        (byUser.get(request.viewer.userId) ?? new Set()).add(subscription),
      );
      try {
        await (request.conversationId === null
          ? openAll(subscription, cursor)
          : openOne(subscription, request.conversationId, cursor));
        if (subscription.state === "opening") subscription.state = "open";
        // A notice that came before its taps were there has been heard by nobody.
        if (subscription.isOutdated && isOfAll(subscription))
          syncConversations([subscription]).catch(onError);
      } catch (error) {
        end(subscription);
        throw error;
      }
      return () => end(subscription);
    },
    sweep,
    get size() {
      return {
        subscriptions: subscriptions.size,
        feeds: feeds.size,
        taps: [...feeds.values()].reduce(
          (sum, feed) => sum + feed.taps.size,
          0,
        ),
      };
    },
    close() {
      clearInterval(timer);
      stopListening();
      for (const subscription of [...subscriptions]) {
        subscription.request.sink.complete();
        end(subscription);
      }
    },
  };
}

function isOfAll({ request }: Subscription): boolean {
  return request.conversationId === null;
}
