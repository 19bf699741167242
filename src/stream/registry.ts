import type { Position } from "../domain/conversations/position.js";
import { Feed, type FeedDependencies } from "./feed.js";
import { Follower, type FollowerState } from "./follower.js";
import type { StreamRequest, Subscription } from "./subscription.js";
import type { Watermark } from "./watermark.js";

/** A subscription that runs on this node, and its followers. */
export class RunningSubscription implements Subscription {
  readonly id: number;
  readonly request: StreamRequest;
  /** By conversation. */
  readonly followers = new Map<string, Follower>();
  /** Opening until it has its followers, so that nobody else gives it some. */
  state: "opening" | "open" | "closed" = "opening";
  /** While it is opening: its user's conversations changed meanwhile. */
  isOutdated = false;
  private readonly watermark: Watermark;
  /** The time before which nothing is owed to it. */
  private startedMs = 0;
  /** While it opens, or any follower is behind: the time up to which everything had been sent. */
  private heldMs: number | null = null;

  constructor(id: number, request: StreamRequest, watermark: Watermark) {
    this.id = id;
    this.request = request;
    this.watermark = watermark;
  }

  get isOfAll(): boolean {
    return this.request.conversationId === null;
  }

  get watermarkMs(): number {
    return this.heldMs ?? Math.max(this.watermark.ms, this.startedMs);
  }

  /** Everything from this time on is owed to it. */
  startAt(ms: number): void {
    this.startedMs = this.heldMs = ms;
  }

  /** Holds its watermark back while any of its followers is behind. */
  holdWatermark(): void {
    const isBehind = [...this.followers.values()].some(
      ({ state }) => state !== "live",
    );
    if (!isBehind) this.heldMs = null;
    else this.heldMs ??= this.watermarkMs;
  }
}

/** What the node holds now, for metrics and tests. */
export interface StreamSize {
  readonly subscriptions: number;
  readonly feeds: number;
  readonly followers: number;
}

/** Who listens to what on this node. */
export class Registry {
  readonly subscriptions = new Set<RunningSubscription>();
  readonly feeds = new Map<string, Feed>();
  private readonly byUser = new Map<string, Set<RunningSubscription>>();
  private readonly watermark: Watermark;
  private readonly feedNeeds: FeedDependencies;
  private count = 0;

  constructor(
    watermark: Watermark,
    needs: Omit<FeedDependencies, "nextTick" | "onRemoved" | "onStateChange">,
  ) {
    this.watermark = watermark;
    let ticks = 0;
    this.feedNeeds = {
      ...needs,
      nextTick: () => ++ticks,
      onRemoved: (follower) => this.onRemoved(follower),
      onStateChange: ({ subscription }) => {
        (subscription as RunningSubscription).holdWatermark();
      },
    };
  }

  get size(): StreamSize {
    const { subscriptions, feeds } = this;
    const followers = [...feeds.values()].reduce(
      (sum, feed) => sum + feed.followers.size,
      0,
    );
    return {
      subscriptions: subscriptions.size,
      feeds: feeds.size,
      followers,
    };
  }

  /** How many followers are in each state. */
  countByState(): Map<FollowerState, number> {
    const counts = new Map<FollowerState, number>();
    for (const { followers } of this.feeds.values())
      for (const { state } of followers)
        counts.set(state, (counts.get(state) ?? 0) + 1);
    return counts;
  }

  add(request: StreamRequest): RunningSubscription {
    const subscription = new RunningSubscription(
      ++this.count,
      request,
      this.watermark,
    );
    const { userId } = request.viewer;
    this.subscriptions.add(subscription);
    const ofUser = this.byUser.get(userId) ?? new Set<RunningSubscription>();
    this.byUser.set(userId, ofUser.add(subscription));
    return subscription;
  }

  /** The subscriptions of a user. */
  ofUser(userId: string): RunningSubscription[] {
    return [...(this.byUser.get(userId) ?? [])];
  }

  /** Lets a subscription follow a conversation. It is told of nothing until its follower begins. */
  follow(
    subscription: RunningSubscription,
    conversationId: string,
    position: Position,
  ): Follower {
    let feed = this.feeds.get(conversationId);
    if (!feed)
      this.feeds.set(
        conversationId,
        (feed = new Feed(conversationId, this.feedNeeds)),
      );
    const follower = new Follower(subscription, feed, position);
    subscription.followers.set(conversationId, follower);
    feed.followers.add(follower);
    return follower;
  }

  unfollow(subscription: RunningSubscription, follower: Follower): void {
    const { conversationId } = follower;
    follower.close();
    subscription.followers.delete(conversationId);
    const feed = this.feeds.get(conversationId);
    feed?.followers.delete(follower);
    if (feed?.followers.size === 0) this.feeds.delete(conversationId);
  }

  /** Ends a subscription and all of its followers. Its client is not told. */
  end(subscription: RunningSubscription): void {
    subscription.state = "closed";
    this.subscriptions.delete(subscription);
    const { userId } = subscription.request.viewer;
    const ofUser = this.byUser.get(userId);
    ofUser?.delete(subscription);
    if (ofUser?.size === 0) this.byUser.delete(userId);
    for (const follower of [...subscription.followers.values()])
      this.unfollow(subscription, follower);
  }

  /** R21: a subscription to one conversation is over; one to all conversations goes on with the others. */
  private onRemoved(follower: Follower): void {
    const subscription = follower.subscription as RunningSubscription;
    if (subscription.isOfAll) this.unfollow(subscription, follower);
    else {
      subscription.request.sink.complete();
      this.end(subscription);
    }
  }
}
