import { badInput, notFound } from "../foundation/errors.js";
import type { Membership } from "../domain/conversations/participant.js";
import type { Position } from "../domain/conversations/position.js";
import type { StreamCursor } from "./cursor.js";
import type { Follower } from "./follower.js";
import type { Head } from "./head.js";
import type { Registry, RunningSubscription } from "./registry.js";
import { resetPosition, type Resume } from "./resume.js";
import type { RightsRow } from "../domain/conversations/rights-queries.js";
import type { OrderQueries } from "./order-queries.js";

/**
 * At most so many followers of subscriptions that open read for themselves at a time. All that one read
 * answers goes on in one turn of the event loop. Without this limit, 2,000 sockets that came back to 25
 * changed conversations each held the loop up for 1.2 s.
 */
const catchingUpAtOnce = 50;

/** What opening a subscription needs. */
export interface OpeningDependencies {
  readonly registry: Registry;
  readonly resume: Resume;
  readonly queries: Pick<OrderQueries, "versions">;
  readonly readRights: (key: Membership) => Promise<RightsRow | null>;
  readonly head: Head;
}

/**
 * Where a subscription begins: register, read, drain. A subscription is registered before its position is
 * read, so whatever happens from then on reaches it; it reads for itself from that position on until it
 * stands where its feeds stand; so nothing falls between.
 */
export class Opening {
  private readonly needs: OpeningDependencies;
  /** Followers that wait until fewer read for themselves, from index `next` on. */
  private waiting: Follower[] = [];
  private next = 0;
  private readonly catchingUp = new Set<Follower>();
  private isBeginning = false;

  constructor(needs: OpeningDependencies) {
    this.needs = needs;
  }

  /**
   * Opens a subscription that was registered.
   * @throws {AppError} NOT_FOUND for a conversation that the viewer can't see, BAD_USER_INPUT for a
   * cursor that a stream of messages can't honour
   */
  async open(
    subscription: RunningSubscription,
    cursor: StreamCursor | null,
  ): Promise<void> {
    const { conversationId } = subscription.request;
    if (conversationId === null) await this.openAll(subscription, cursor);
    else await this.openOne(subscription, conversationId, cursor);
    if (subscription.state === "opening") subscription.state = "open";
    subscription.holdWatermark();
  }

  /** A follower has changed its state. One that has caught up, or can't, lets the next one begin. */
  onStateChange(follower: Follower): void {
    const { state, attempt } = follower;
    const isFirst = state === "behind" && attempt === 0;
    if (isFirst || state === "catching up") return;
    if (this.catchingUp.delete(follower)) this.beginNext();
  }

  /** Lets a follower begin once fewer than {@link catchingUpAtOnce} read for themselves. */
  private beginLater(follower: Follower): void {
    this.waiting.push(follower);
    this.beginNext();
  }

  private beginNext(): void {
    // Where the socket is congested, `begin` calls `onStateChange` at once: that must not loop here again.
    if (this.isBeginning) return;
    this.isBeginning = true;
    while (this.catchingUp.size < catchingUpAtOnce) {
      const follower = this.waiting[this.next++];
      if (!follower) {
        this.waiting = [];
        this.next = 0;
        break;
      }
      if (follower.state !== "opening") continue;
      this.catchingUp.add(follower);
      follower.begin();
    }
    this.isBeginning = false;
  }

  private async openOne(
    subscription: RunningSubscription,
    conversationId: string,
    cursor: StreamCursor | null,
  ): Promise<void> {
    const { registry, resume } = this.needs;
    const nowhere = { version: 0, lastSeq: 0 };
    const follower = registry.follow(subscription, conversationId, nowhere);
    const now = await this.positionNow(subscription, conversationId);
    if (!now) throw notFound("conversation");
    if (cursor) {
      const position = await resume.positionIn(conversationId, cursor);
      if (!position) assertCanReset(subscription);
      follower.position = position ?? resetPosition;
    } else follower.position = now;
    follower.begin();
  }

  /** Where the conversation stands, if the subscription's viewer may see it. */
  private async positionNow(
    { request: { viewer } }: RunningSubscription,
    conversationId: string,
  ): Promise<Position | null> {
    const { queries, readRights } = this.needs;
    if (viewer.isService) {
      const [now] = await queries.versions([conversationId]);
      return now ?? null;
    }
    const { userId } = viewer;
    const rights = await readRights({ conversationId, userId });
    return rights?.isActive ? rights : null;
  }

  private async openAll(
    subscription: RunningSubscription,
    cursor: StreamCursor | null,
  ): Promise<void> {
    const { registry, resume, head } = this.needs;
    const { viewer } = subscription.request;
    if (viewer.isService)
      throw badInput(["conversationId"], "is needed with a service token.");
    const now = { ...head.watermark, snapshot: await resume.snapshotNow() };
    if (!cursor) {
      subscription.startAt(now, now);
      return;
    }
    if (!(await resume.isOfThisTimeline(cursor))) {
      assertCanReset(subscription);
      subscription.startAt(now, now);
      const last = await resume.lastActive(viewer.userId);
      if (last) registry.follow(subscription, last, resetPosition).begin();
      return;
    }
    const from = { snapshot: cursor.snapshot, witness: cursor.witness };
    const changed = await resume.changedSince(viewer.userId, cursor);
    subscription.startAt(from, { ...now, snapshot: changed.snapshot });
    for (const { conversationId, position } of changed.conversations)
      if (!subscription.followers.has(conversationId))
        this.beginLater(
          registry.follow(subscription, conversationId, position),
        );
  }
}

/** A reset is an event of status changes (R25); a stream of messages has no way to say it. */
function assertCanReset({ request }: RunningSubscription): void {
  switch (request.kind) {
    case "status":
      return;
    case "messages":
      throw badInput(
        ["after"],
        "is not a place in this stream: read the messages anew.",
      );
  }
}
