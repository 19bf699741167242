import type { Position } from "../domain/conversations/position.js";
import type { BadgeTeller } from "./badge-teller.js";
import type { Follower } from "./follower.js";
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
  /** Null where the subscription is about something else than the badge. */
  readonly badge: BadgeTeller | null;

  constructor(
    id: number,
    request: StreamRequest,
    head: Head,
    badge: BadgeTeller | null,
  ) {
    this.id = id;
    this.request = request;
    this.head = head;
    this.badge = badge;
  }

  lookAtBadge(): void {
    this.badge?.look();
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
