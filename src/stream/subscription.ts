import type { Viewer } from "../auth/viewer.js";
import type { Audience } from "../domain/receipts/audience.js";
import type { SeenChange } from "./visible-change.js";
import type { Position } from "../domain/conversations/position.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { MessageRef } from "../domain/messages/message-id.js";
import type { Feed } from "./feed.js";

/** A message as a subscription to messages brings it. */
export interface AddedMessage {
  readonly cursor: string;
  readonly message: MessageRef & { readonly row: MessageRow };
}

/** What a subscription's field resolves from. */
export type StreamEvent =
  | { readonly messageStatusChanged: SeenChange }
  | { readonly messageAdded: AddedMessage };

/** Who a result is computed for: an audience, and the viewer where the document asks who it is. */
export interface Reader {
  readonly audience: Audience;
  readonly viewer: Viewer | null;
}

/** A subscription operation, as far as its results depend on it. */
export interface StreamOperation {
  /** The same for all operations of the same document, name and variables. */
  readonly key: string;
  /** Whether the document selects a `@perViewer` field. */
  readonly isPerViewer: boolean;
  /** Executes it for one event; answers the serialised result, good for every socket. */
  execute(event: StreamEvent, reader: Reader): Promise<Buffer>;
}

/** Where a subscription's results go: one operation on one socket. */
export interface Sink {
  /** Sends a serialised result. */
  send(payload: Buffer): void;
  /** Whether so much is buffered that nothing more should be sent now. */
  readonly isCongested: boolean;
  /** Calls back, once, when what was buffered has gone out. */
  whenDrained(resume: () => void): void;
  /** Ends the operation: nothing follows. */
  complete(): void;
}

/** What is subscribed to. */
export interface StreamRequest {
  readonly kind: "status" | "messages";
  readonly viewer: Viewer;
  /** Null for all of the viewer's conversations. */
  readonly conversationId: string | null;
  /** Only changes to messages that the viewer sent (R26). */
  readonly sentByViewer: boolean;
  /** The cursor to go on from; null for now. */
  readonly after: string | null;
  readonly operation: StreamOperation;
  readonly sink: Sink;
}

/**
 * One subscription's place in one conversation. Opening, it is registered but has no place yet. Live, it takes what the feed computed for all like
 * it; behind, it reads for itself from its place on, until it has caught up.
 */
export interface Tap {
  readonly subscription: Subscription;
  readonly feed: Feed;
  /** All up to here has been sent. */
  place: Position;
  state: "opening" | "live" | "behind" | "catching up" | "closed";
  /** When it became live, by the hub's count: what was begun before may be older than what it sent. */
  liveSince: number;
}

/** A running subscription. */
export interface Subscription {
  readonly request: StreamRequest;
  /** By conversation. */
  readonly taps: Map<string, Tap>;
  /** The time before which nothing is owed to it, in milliseconds since the epoch. */
  startedMs: number;
  /** While any tap is behind: the time up to which everything had been sent. */
  heldWatermarkMs: number | null;
  /** Opening until it has its taps, so that nobody else gives it some. */
  state: "opening" | "open" | "closed";
  /** While opening: whether its user's conversations changed meanwhile. */
  isOutdated: boolean;
}
