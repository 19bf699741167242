import type { Failure } from "./failure.js";
import type { QueueEntry } from "./queue-storage.js";

/** A message as the app writes it; see `SendMessageInput` in the schema. */
export interface MessageDraft {
  readonly conversationId: string;
  readonly body?: string;
  readonly type?: string;
  readonly fileType?: string;
}

/** A message as the server has stored it, with the fields that the app's mutation selects. */
export interface StoredMessage {
  readonly id: string;
}

/** The state of a message in the outbox. */
export type OutboxState<M extends StoredMessage> =
  /** On its way, or waiting for its turn, for the network or for a token. */
  | { readonly state: "sending" }
  /** Refused: the outbox leaves the message alone until `retry` or `discard`. */
  | { readonly state: "failed"; readonly failure: Failure }
  /** Stored by the server. */
  | { readonly state: "sent"; readonly message: M };

/** A message of the outbox. */
export type OutboxItem<M extends StoredMessage = StoredMessage> = QueueEntry & {
  /** Names the message among all messages of its sender, here and on the server. */
  readonly clientId: string;
  readonly draft: MessageDraft;
} & OutboxState<M>;
