import { batchedReader } from "../foundation/batched-reader.js";
import { Batcher } from "../foundation/batcher.js";
import type { Position } from "../domain/conversations/position.js";
import type { Follower } from "./follower.js";
import type { Head } from "./head.js";
import type { ErrorPlace } from "./observer.js";
import type { OrderQueries } from "./order-queries.js";
import type { Registry, RunningSubscription } from "./registry.js";
import type { Snapshot } from "./snapshot.js";
import type { SurveyedConversation } from "./survey-statement.js";

/** What interest is found with. */
export interface InterestDependencies {
  readonly registry: Registry;
  readonly queries: Pick<OrderQueries, "survey" | "positionsAt">;
  readonly head: Head;
  readonly onError: (error: unknown, at?: ErrorPlace) => void;
}

interface PositionKey {
  readonly conversationId: string;
  readonly snapshot: Snapshot;
}

/**
 * Finds the subscriptions that a changed conversation concerns. Subscriptions to all conversations are
 * known by user alone. When a conversation changes that has no feed, a survey reads who takes part in it,
 * and those of them who listen here get followers; when the conversation has been quiet for a while, the
 * followers are removed. The cost grows with the number of changes, not of conversations.
 */
export class Interest {
  private readonly needs: InterestDependencies;
  /** For each conversation surveyed since the last sweep: its version at the survey. */
  private surveyed = new Map<string, number>();
  private readonly surveys = new Batcher<string, undefined>({
    keyOf: (conversationId) => conversationId,
    concurrency: 4,
    maxBatch: 500,
    run: (ids) => this.survey(ids),
  });
  private readonly positionAt: (key: PositionKey) => Promise<Position | null>;

  constructor(needs: InterestDependencies) {
    this.needs = needs;
    const keyOf = ({ conversationId, snapshot }: PositionKey) =>
      `${snapshot}\0${conversationId}`;
    this.positionAt = batchedReader({
      read: needs.queries.positionsAt,
      keyOf,
      keyOfRow: keyOf,
    });
  }

  /**
   * A conversation stands at a version: its feed sends what is new, once everybody whom it concerns has a
   * follower. Resolves when all up to that version was sent.
   * @returns whether that was news
   */
  async onChange(conversationId: string, version: number): Promise<boolean> {
    const { registry } = this.needs;
    const feed = registry.feeds.get(conversationId);
    const isSurveyed =
      !registry.hasSubscriptionsOfAll ||
      (feed
        ? feed.generation === registry.generation
        : (this.surveyed.get(conversationId) ?? -1) >= version);
    // Subscriptions that follow already need not wait for the survey.
    const sent = this.sendUpTo(conversationId, version);
    if (isSurveyed) return sent;
    await this.surveys.submit(conversationId);
    const isNews = await this.sendUpTo(conversationId, version);
    return (await sent) || isNews;
  }

  /** A failure is reported, not thrown: its followers wait for the next sweep, and hold their watermarks. */
  private async sendUpTo(conversationId: string, version: number) {
    try {
      const feed = this.needs.registry.feeds.get(conversationId);
      return (await feed?.sendUpTo(version)) ?? false;
    } catch (error) {
      this.needs.onError(error, { conversationId });
      return false;
    }
  }

  /** Somebody came into a conversation: it is surveyed again. */
  onJoined(conversationId: string): void {
    this.surveys.submit(conversationId).catch(this.needs.onError);
  }

  /** Surveys the conversations that changed while a subscription opened. After a failure the next sweep tries again. */
  async surveyMissed(subscription: RunningSubscription): Promise<void> {
    await Promise.all(
      [...subscription.unsurveyed].map(async (conversationId) => {
        await this.surveys.submit(conversationId);
        subscription.unsurveyed.delete(conversationId);
      }),
    );
    subscription.holdWatermark();
  }

  /** A sweep has moved the node's watermark past all surveys: a conversation that changes again needs a new one. */
  forgetSurveys(): void {
    this.surveyed = new Map();
  }

  private async survey(ids: readonly string[]): Promise<undefined[]> {
    const { registry, head, queries } = this.needs;
    const { generation } = registry;
    // `forgetSurveys` makes a new map: a survey under way then notes itself in the old one, and is forgotten too.
    const { surveyed } = this;
    const { snapshot } = head.watermark;
    const rows = await queries.survey(ids, snapshot);
    await Promise.all(rows.map((row) => this.followIn(row, snapshot)));
    for (const { conversationId, version } of rows) {
      surveyed.set(conversationId, version);
      const feed = registry.feeds.get(conversationId);
      if (feed) feed.generation = generation;
    }
    return ids.map(() => undefined);
  }

  /** Gives those who take part in a conversation, and listen here, their followers. */
  private async followIn(
    row: SurveyedConversation,
    surveyedAt: Snapshot,
  ): Promise<void> {
    const { registry } = this.needs;
    const { conversationId } = row;
    const together: Follower[] = [];
    const apart: Promise<void>[] = [];
    for (const userId of row.userIds)
      for (const subscription of registry.ofUser(userId)) {
        if (!subscription.isOfAll) continue;
        if (subscription.state === "opening")
          subscription.unsurveyed.add(conversationId);
        else if (!subscription.followers.has(conversationId)) {
          const departure = subscription.takeDeparture(conversationId);
          const { snapshot } = subscription.watermark;
          const follower = registry.follow(
            subscription,
            conversationId,
            departure ?? row.position,
          );
          if (departure || snapshot === surveyedAt) together.push(follower);
          else apart.push(this.beginApart(subscription, follower));
        }
      }
    registry.feeds.get(conversationId)?.begin(together, row.version);
    await Promise.all(apart);
  }

  /**
   * Lets a follower begin where the conversation stood in its subscription's snapshot. The follower is
   * registered, so whatever happens meanwhile reaches its feed. Where that can't be read, the follower is
   * removed: the next survey gives the subscription a new one.
   */
  private async beginApart(
    subscription: RunningSubscription,
    follower: Follower,
  ): Promise<void> {
    const { conversationId } = follower;
    const { snapshot } = subscription.watermark;
    try {
      const position = await this.positionAt({ conversationId, snapshot });
      if (position && follower.state === "opening")
        follower.position = position;
      follower.begin();
    } catch (error) {
      this.needs.registry.unfollow(subscription, follower);
      throw error;
    }
  }
}
