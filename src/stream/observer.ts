import type { Position } from "../domain/conversations/position.js";
import type { Follower } from "./follower.js";
import type { StreamRequest } from "./subscription.js";
import type { ChangeSet } from "./visible-change.js";

/** Why a follower was not sent an event: docs/why-no-event.md explains each reason. */
export const withheldReasons = [
  /** It left the round while the event was made, and reads for itself. */
  "not_served",
  /** It is not live: it reads for itself. */
  "behind",
  /** Its socket is congested. */
  "congested",
  /** Its viewer may not see the message. */
  "no_rights",
  /** Nothing in the change is for its viewer. */
  "filtered",
  /** It was sent this before. */
  "reached",
  /** Its viewer is no participant any more. */
  "removed",
] as const;
export type WithheldReason = (typeof withheldReasons)[number];

/** A follower that was not sent an event, and the versions that the event is about. */
export interface Withheld {
  readonly reason: WithheldReason;
  readonly follower: Follower;
  /** The version up to which the event goes. */
  readonly version: number;
}

/** Where something failed in the background, for the log. */
export interface ErrorPlace {
  readonly conversationId: string;
}

/** Told of everything that the stream does not send, and of what it finds by itself: for metrics and the log. */
export interface StreamObserver {
  onWithheld(withheld: Withheld): void;
  /** A subscriber was told to read the state anew (R25). */
  onReset(follower: Follower): void;
  /** A sweep found changes that no notice had told of. */
  onSweepFound(conversations: number): void;
  /** A round has sent what changed in a conversation after a position. */
  onRound(from: Position, set: ChangeSet): void;
  /** One execution has served so many followers. */
  onSent(kind: StreamRequest["kind"], followers: number): void;
  /** A follower has read for itself. */
  onCatchUp(outcome: "live" | "left" | "failed"): void;
  /** A sweep has ended. */
  onSwept(ms: number, isOk: boolean): void;
}

/** Observes nothing. */
export const unobserved: StreamObserver = {
  onWithheld: () => undefined,
  onReset: () => undefined,
  onSweepFound: () => undefined,
  onRound: () => undefined,
  onSent: () => undefined,
  onCatchUp: () => undefined,
  onSwept: () => undefined,
};
