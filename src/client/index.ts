/**
 * `acked/client`: what a chat must remember until the server knows it. No dependencies; for browsers
 * and Node.
 */
export type { BackOff } from "./back-off.js";
export type { Failure, FailureCode } from "./failure.js";
export { indexedDbStorage } from "./indexed-db-storage.js";
export type { MarkedMessage, ReceiptKind, ReceiptMark } from "./marks.js";
export {
  createOutbox,
  type MessageDraft,
  type Outbox,
  type OutboxItem,
  type OutboxOptions,
  type OutboxState,
  type SendMessageVariables,
  type StoredMessage,
} from "./outbox.js";
export type { Queue, QueueOptions, QueueState } from "./queue.js";
export {
  memoryStorage,
  type QueueEntry,
  type QueueStorage,
} from "./queue-storage.js";
export {
  createReceiptQueue,
  type ReceiptQueue,
  type ReceiptQueueOptions,
  type RefusedMark,
  type SyncReceiptsAnswer,
  type SyncReceiptsVariables,
} from "./receipt-queue.js";
export {
  createSeenObserver,
  type SeenObserver,
  type SeenObserverOptions,
} from "./seen-observer.js";
export { sendByApollo, sendByUrql } from "./senders.js";
