import type { Position } from "../domain/conversations/position.js";
import { Feed, type FeedDependencies } from "./feed.js";
import { Follower, type FollowerState } from "./follower.js";
import type { Head } from "./head.js";
import type { StreamRequest, Subscription } from "./subscription.js";
import { laterWatermark, type Watermark } from "./watermark.js";

/** At most so many conversations that a viewer has left are remembered, for the viewer's return. */
const mostDepartures = 1_000;

/**
 * A subscription that runs on this node. One to a single conversation has one follower for as long as it
 * lasts. One to all conversations has followers only where something happens: an idle subscription holds
 * next to nothing, whatever the number of its conversations.
 */
export class RunningSubscription implements Subscription {
  readonly id: number;
  readonly request: StreamRequest;
  /** By conversation. */
  readonly followers = new Map<string, Follower>();
  state: "opening" | "open" | "closed" = "opening";
  /** Conversations that changed while the subscription opened, until they were surveyed for it. */
  readonly unsurveyed = new Set<string>();
  private readonly head: Head;
  /** All that this watermark sees was sent before the subscription began, or while it opened. */
  private started: Watermark | null = null;
  /** While it opens, or any follower is behind: the watermark at which that began; else null. */
  private held: Watermark | null = null;
  /** Of its followers, those that are not live. */
  private readonly unserved = new Set<Follower>();
  /** Where followers stood whose viewer has left the conversation. */
  private departures: Map<string, Position> | null = null;

  constructor(id: number, request: StreamRequest, head: Head) {
    this.id = id;
    this.request = request;
    this.head = head;
  }

  get isOfAll(): boolean {
    return this.request.conversationId === null;
  }

  get watermark(): Watermark {
    if (this.held) return this.held;
    const { watermark } = this.head;
    return this.started ? laterWatermark(watermark, this.started) : watermark;
  }

  /** Whether its watermark is held back: something before the node's watermark may still be owed to it. */
  get isHeld(): boolean {
    return this.held !== null;
  }

  /** Everything after `from` is owed to it. What lies between `from` and `until` its opening reads. */
  startAt(from: Watermark, until: Watermark): void {
    this.held = from;
    this.started = until;
  }

  /** One of its followers is new, has another state, or is closed. */
  onStateChange(follower: Follower): void {
    const { state } = follower;
    if (state === "live" || state === "closed") this.unserved.delete(follower);
    else this.unserved.add(follower);
    this.holdWatermark();
  }

  /** Holds its watermark back while it opens or any of its followers is behind. */
  holdWatermark(): void {
    if (!this.isOfAll) return;
    const isBehind =
      this.state === "opening" ||
      this.unsurveyed.size > 0 ||
      this.unserved.size > 0;
    if (isBehind) this.held ??= this.watermark;
    else this.held = null;
  }

  /** The database began a new timeline: nothing that it stood at before counts any more. */
  restart(): void {
    this.held = this.started = this.departures = null;
    this.unsurveyed.clear();
  }

  /** Its viewer has left a conversation: a return goes on from here (R2). */
  depart(conversationId: string, position: Position): void {
    this.departures ??= new Map();
    this.departures.set(conversationId, position);
    const [oldest] = this.departures.keys();
    if (this.departures.size > mostDepartures && oldest !== undefined)
      this.departures.delete(oldest);
  }

  /** Where it stood in a conversation when its viewer left. The answer is forgotten. */
  takeDeparture(conversationId: string): Position | null {
    const position = this.departures?.get(conversationId) ?? null;
    this.departures?.delete(conversationId);
    return position;
  }
}

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
  private readonly feedNeeds: FeedDependencies;
  private ofAll = 0;
  private count = 0;

  /** @param head holds the watermark that all subscriptions share */
  constructor(
    head: Head,
    needs: Omit<FeedDependencies, "nextStamp" | "onRemoved">,
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
    } else {
      subscription.request.sink.complete();
      this.end(subscription);
    }
  }
}
