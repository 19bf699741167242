import { badInput, notFound } from "../foundation/errors.js";
import type { Membership } from "../domain/conversations/participant.js";
import type { Position } from "../domain/conversations/position.js";
import type { CommitHorizon } from "./commit-horizon.js";
import type { StreamCursor } from "./cursor.js";
import type { PositionQueries } from "./position-queries.js";
import type { Registry, RunningSubscription } from "./registry.js";
import { resetPosition, type Resume } from "./resume.js";
import type { RightsRow } from "../domain/conversations/rights-queries.js";
import type { MemberQueries } from "./rights-queries.js";

/** What opening a subscription needs. */
export interface OpeningDependencies {
  readonly registry: Registry;
  readonly resume: Resume;
  readonly horizon: CommitHorizon;
  readonly positions: Pick<PositionQueries, "versions">;
  readonly rights: Pick<MemberQueries, "conversationsOf">;
  readonly readRights: (key: Membership) => Promise<RightsRow | null>;
}

/**
 * Where a subscription begins: register, read, drain. A follower is registered before its position is
 * read, so whatever happens from then on reaches its feed; it reads for itself from that position on
 * until it stands where the feed stands; so nothing falls between.
 */
export class Opening {
  private readonly needs: OpeningDependencies;

  constructor(needs: OpeningDependencies) {
    this.needs = needs;
  }

  /**
   * Gives a subscription its followers.
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
  }

  /** Lets these subscriptions follow the conversations that their users have come into since. */
  async join(subscriptions: readonly RunningSubscription[]): Promise<void> {
    const byUser = new Map<string, RunningSubscription[]>();
    for (const subscription of subscriptions)
      if (subscription.isOfAll) {
        const { userId } = subscription.request.viewer;
        const ofUser = byUser.get(userId);
        if (ofUser) ofUser.push(subscription);
        else byUser.set(userId, [subscription]);
      }
    if (byUser.size === 0) return;
    const rows = await this.needs.rights.conversationsOf([...byUser.keys()]);
    for (const { userId, conversationId, version, lastSeq } of rows)
      for (const subscription of byUser.get(userId) ?? []) {
        const isNew = !subscription.followers.has(conversationId);
        if (isNew && subscription.state === "open")
          await this.joinOne(subscription, conversationId, {
            version,
            lastSeq,
          });
      }
  }

  private async joinOne(
    subscription: RunningSubscription,
    conversationId: string,
    now: Position,
  ): Promise<void> {
    const { registry, resume } = this.needs;
    const follower = registry.follow(subscription, conversationId, now);
    try {
      // What happened there between their coming and now is theirs as well.
      const cursor = { atMs: subscription.watermarkMs, place: null };
      const position = await resume.positionIn(conversationId, cursor);
      if (position) follower.position = position;
    } catch (error) {
      registry.unfollow(subscription, follower); // the next sweep tries again
      throw error;
    }
    follower.begin();
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
      if (!position || position.version > now.version)
        assertCanReset(subscription);
      follower.position = position ?? resetPosition;
    } else follower.position = now;
    follower.begin();
  }

  /** Where the conversation stands, if the subscription's viewer may see it. */
  private async positionNow(
    { request: { viewer } }: RunningSubscription,
    conversationId: string,
  ): Promise<Position | null> {
    const { positions, readRights } = this.needs;
    if (viewer.isService) {
      const [now] = await positions.versions({ ids: [conversationId] });
      return now ?? null;
    }
    const { userId } = viewer;
    const member = await readRights({ conversationId, userId });
    return member?.isActive ? member : null;
  }

  private async openAll(
    subscription: RunningSubscription,
    cursor: StreamCursor | null,
  ): Promise<void> {
    const { registry, resume, horizon, rights } = this.needs;
    const { viewer } = subscription.request;
    if (viewer.isService)
      throw badInput(["conversationId"], "is needed with a service token.");
    const { nowMs, settledMs } = await horizon.read();
    subscription.startAt(cursor?.atMs ?? settledMs);
    const resumed =
      cursor && (await resume.positionsOf(viewer.userId, cursor, nowMs));
    const isReset = cursor !== null && resumed === null;
    if (isReset) {
      assertCanReset(subscription);
      subscription.startAt(settledMs);
    }
    const own = await rights.conversationsOf([viewer.userId]);
    own.forEach(({ conversationId, version, lastSeq }, i) => {
      const resumeAt = resumed?.get(conversationId);
      if (resumeAt && resumeAt.version > version) assertCanReset(subscription);
      const position =
        isReset && i === 0 ? resetPosition : (resumeAt ?? { version, lastSeq });
      registry.follow(subscription, conversationId, position).begin();
    });
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
