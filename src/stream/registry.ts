import type { Position } from "../domain/conversations/position.js";
import { BadgeTeller, type BadgeNeeds } from "./badge-teller.js";
import { Feed, type FeedDependencies } from "./feed.js";
import { Follower, type FollowerState } from "./follower.js";
import type { Head } from "./head.js";
import { RunningSubscription } from "./running-subscription.js";
import type { StreamRequest } from "./subscription.js";

/** What the node holds now. */
export interface StreamSize {
  readonly subscriptions: number;
  readonly feeds: number;
  readonly followers: number;
}

/** Who listens to what on this node. */
export class Registry {
  readonly subscriptions = new Set<RunningSubscription>();
  readonly feeds = new Map<string, Feed>();
  /** Grows with each subscription to all, and each timeline: a feed surveyed for a lower one may lack a follower. */
  generation = 0;
  private readonly byUser = new Map<string, Set<RunningSubscription>>();
  private readonly head: Head;
  private readonly feedNeeds: FeedDependencies & BadgeNeeds;
  private ofAll = 0;
  private count = 0;

  /** @param head holds the watermark that all subscriptions share */
  constructor(
    head: Head,
    needs: Omit<FeedDependencies, "nextStamp" | "onRemoved"> & BadgeNeeds,
  ) {
    this.head = head;
    let stamps = 0;
    this.feedNeeds = {
      ...needs,
      nextStamp: () => ++stamps,
      onRemoved: (follower) => this.onRemoved(follower),
      onStateChange: (follower) => {
        (follower.subscription as RunningSubscription).onStateChange(follower);
        needs.onStateChange(follower);
      },
    };
  }

  get size(): StreamSize {
    const { subscriptions, feeds } = this;
    let followers = 0;
    for (const feed of feeds.values()) followers += feed.followers.size;
    return { subscriptions: subscriptions.size, feeds: feeds.size, followers };
  }

  /** Whether anybody here follows all of their conversations. */
  get hasSubscriptionsOfAll(): boolean {
    return this.ofAll > 0;
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
      this.head,
      request.kind === "badge"
        ? new BadgeTeller(request, this.feedNeeds)
        : null,
    );
    const { userId } = request.viewer;
    this.subscriptions.add(subscription);
    const ofUser = this.byUser.get(userId) ?? new Set<RunningSubscription>();
    this.byUser.set(userId, ofUser.add(subscription));
    if (subscription.isOfAll) {
      this.ofAll++;
      this.generation++;
    }
    return subscription;
  }

  /** The subscriptions of a user. */
  ofUser(userId: string): Iterable<RunningSubscription> {
    return this.byUser.get(userId) ?? [];
  }

  /** Lets a subscription follow a conversation. Nothing is sent to it before its follower begins. */
  follow(
    subscription: RunningSubscription,
    conversationId: string,
    position: Position,
  ): Follower {
    let feed = this.feeds.get(conversationId);
    if (!feed) {
      feed = new Feed(conversationId, this.feedNeeds);
      this.feeds.set(conversationId, feed);
    }
    const follower = new Follower(subscription, feed, position);
    subscription.followers.set(conversationId, follower);
    feed.followers.add(follower);
    subscription.onStateChange(follower);
    return follower;
  }

  unfollow(subscription: RunningSubscription, follower: Follower): void {
    const { conversationId } = follower;
    follower.close();
    subscription.followers.delete(conversationId);
    this.feedNeeds.onStateChange(follower);
    const feed = this.feeds.get(conversationId);
    feed?.followers.delete(follower);
    if (feed?.followers.size === 0) this.feeds.delete(conversationId);
  }

  /** Ends a subscription and all of its followers. Its client is not told. */
  end(subscription: RunningSubscription): void {
    if (subscription.state === "closed") return;
    subscription.state = "closed";
    subscription.badge?.end();
    this.subscriptions.delete(subscription);
    if (subscription.isOfAll) this.ofAll--;
    const { userId } = subscription.request.viewer;
    const ofUser = this.byUser.get(userId);
    ofUser?.delete(subscription);
    if (ofUser?.size === 0) this.byUser.delete(userId);
    for (const follower of [...subscription.followers.values()])
      this.unfollow(subscription, follower);
  }

  /** Removes the live followers of subscriptions to all conversations from a quiet conversation. */
  rest(feed: Feed): void {
    // Where other followers keep the feed, its next change needs a survey: those removed here get followers again.
    feed.generation = -1;
    for (const follower of [...feed.followers]) {
      const subscription = follower.subscription as RunningSubscription;
      const isAtRest = follower.state === "live" && !subscription.isHeld;
      if (subscription.isOfAll && isAtRest)
        this.unfollow(subscription, follower);
    }
  }

  /** R21: a subscription to one conversation is over; one to all conversations goes on with the others. */
  private onRemoved(follower: Follower): void {
    const subscription = follower.subscription as RunningSubscription;
    if (subscription.isOfAll) {
      subscription.depart(follower.conversationId, follower.position);
      this.unfollow(subscription, follower);
      subscription.holdWatermark();
      subscription.lookAtBadge();
    } else {
      subscription.request.sink.complete();
      this.end(subscription);
    }
  }
}
