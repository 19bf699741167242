import type { Viewer } from "../auth/viewer.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { MessageRef } from "../domain/messages/message-id.js";
import type { Audience } from "../domain/receipts/audience.js";
import type { SeenChange } from "./visible-change.js";
import type { Watermark } from "./watermark.js";

/** A message as a subscription to messages brings it. */
export interface AddedMessage {
  readonly cursor: string;
  readonly message: MessageRef & { readonly row: MessageRow };
}

/** What a subscription's field resolves from. */
export type StreamEvent =
  | { readonly messageStatusChanged: SeenChange }
  | { readonly messageAdded: AddedMessage };

/** Whom a result is computed for: an audience, and the viewer where the document depends on the viewer. */
export interface Reader {
  readonly audience: Audience;
  readonly viewer: Viewer | null;
}

/** A subscription operation, as far as its results depend on it. */
export interface StreamOperation {
  /** Operations of the same document, name and variables have the same key. */
  readonly key: string;
  /** Whether the document selects a `@perViewer` field. */
  readonly isPerViewer: boolean;
  /** Whether its results depend on which messages the viewer may see, beside those of the event. */
  readonly isPerStay?: boolean;
  /** Executes the operation for one event. The serialised result is good for every socket. */
  execute(event: StreamEvent, reader: Reader): Promise<Buffer>;
}

/** Where a subscription's results go: one operation on one socket. */
export interface EventSink {
  /** Sends a serialised result. */
  send(payload: Buffer): void;
  /** Whether so much is buffered that nothing more should be sent now. */
  readonly isCongested: boolean;
  /** Calls back, once, when the buffered bytes have gone out. */
  whenDrained(resume: () => void): void;
  /** Ends the operation: nothing follows. */
  complete(): void;
}

/** A subscription as its client asks for it. */
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
  readonly sink: EventSink;
}

/** A running subscription, as its followers see it. */
export interface Subscription {
  /** Names the subscription in the log of this node. */
  readonly id: number;
  readonly request: StreamRequest;
  /** All that this snapshot sees was sent to the subscription. */
  readonly watermark: Watermark;
}
