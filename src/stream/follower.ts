import type { Position } from "../domain/conversations/position.js";
import type { StreamKind, Subscription } from "./subscription.js";

/**
 * The states of a follower, and the transitions between them. Nothing outside this file sets a state.
 *
 * ```
 *            begin          startCatchingUp            goLive
 *  opening ─────────▶ behind ─────────────▶ catching up ─────▶ live
 *                       ▲                        │              │
 *                       ├── waitForDrain ────────┴──────────────┤  its socket is congested
 *                       ├── waitForSweep ────────┴──────────────┤  a read or an execution failed
 *                       └── readAgain ──────────────────────────┘  an older round is under way
 *
 *  opening ── join ──▶ live               it stands where the feed stands
 *
 *  every state but closed ── restart ──▶ behind   a new timeline began
 *  every state ── close ──▶ closed
 * ```
 */
export type FollowerState =
  "opening" | "behind" | "catching up" | "live" | "closed";

/** The feed that a follower belongs to, as the follower needs it. */
export interface FollowerHost {
  readonly conversationId: string;
  /** Lets the follower read for itself, from its position on, until it is live. Does nothing unless it is behind. */
  resume(follower: Follower): void;
  /** A follower became live, or is live no longer. */
  onStateChange(follower: Follower): void;
}

/** One subscription in one conversation. */
export class Follower {
  readonly subscription: Subscription;
  /** All changes up to here were sent, or were not for this subscription. */
  position: Position;
  /** How often it has begun to catch up. An attempt that finds a later attempt ends. */
  attempt = 0;
  /** The stamp at which it became live. A round with a lower stamp may be older than what was sent to it. */
  liveSince = 0;
  private readonly host: FollowerHost;
  private current: FollowerState = "opening";

  constructor(
    subscription: Subscription,
    host: FollowerHost,
    position: Position,
  ) {
    this.subscription = subscription;
    this.host = host;
    this.position = position;
  }

  get state(): FollowerState {
    return this.current;
  }

  get conversationId(): string {
    return this.host.conversationId;
  }

  get userId(): string {
    return this.subscription.request.viewer.userId;
  }

  get isService(): boolean {
    return this.subscription.request.viewer.isService;
  }

  /** Its position is known: it reads from there on. */
  begin(): void {
    if (this.current !== "opening") return;
    this.set("behind");
    this.host.resume(this);
  }

  /** Its position is known and is the feed's: it is served with the live followers from now on. */
  join(stamp: number): void {
    if (this.current === "opening") this.goLive(stamp);
  }

  /** @returns false where the follower is not behind */
  startCatchingUp(): boolean {
    if (this.current !== "behind") return false;
    this.attempt++;
    this.set("catching up");
    return true;
  }

  /**
   * It stands where the feed stands.
   * @param stamp the number of this moment among the rounds of the node's feeds
   */
  goLive(stamp: number): void {
    this.liveSince = stamp;
    this.set("live");
  }

  /** Its socket takes no more: it waits until the socket has drained, then it reads for itself. */
  waitForDrain(): void {
    this.set("behind");
    this.subscription.request.sink.whenDrained(() => this.host.resume(this));
  }

  /** Something failed: the next sweep lets it try again. */
  waitForSweep(): void {
    if (this.current !== "closed") this.set("behind");
  }

  /** A round under way may be older than what it has sent (R23): it reads for itself once more. */
  readAgain(): void {
    this.set("behind");
    this.host.resume(this);
  }

  /** The database began a new timeline (R54): it reads anew from this position on. */
  restart(position: Position): void {
    if (this.current === "closed") return;
    this.position = position;
    this.readAgain();
  }

  /** Nothing is sent to it from now on. */
  close(): void {
    this.current = "closed";
  }

  private set(state: FollowerState): void {
    this.current = state;
    this.host.onStateChange(this);
  }
}

/** The followers that an event is made for, and whether each is still to be sent it once it is made. */
export interface Addressees {
  readonly followers: readonly Follower[];
  /** False for a follower that has left the round meanwhile: it reads for itself. */
  isServed(follower: Follower): boolean;
}

/** The addressees whose subscription is of this kind. */
export function ofKind(
  { followers, isServed }: Addressees,
  kind: StreamKind,
): Addressees {
  return {
    followers: followers.filter(
      ({ subscription }) => subscription.request.kind === kind,
    ),
    isServed,
  };
}
