/**
 * `@acked/client`: queues that keep marks and messages until the server has them, and subscriptions
 * that outlive lost connections. No dependencies; for browsers and Node.
 */
export { waitMs, type BackOff } from "./back-off.js";
export type { Connectivity } from "./connectivity.js";
export type { Failure, FailureCode } from "./failure.js";
export {
  follow,
  type FollowOptions,
  type FollowSettings,
  type Following,
} from "./follow.js";
export { indexedDbStorage } from "./indexed-db-storage.js";
export type { MarkedMessage, ReceiptKind, ReceiptMark } from "./marks.js";
export type { RefusedMark } from "./mark-batches.js";
export {
  createOutbox,
  type Outbox,
  type OutboxOptions,
  type SendMessageVariables,
} from "./outbox.js";
export type {
  MessageDraft,
  OutboxItem,
  OutboxState,
  StoredMessage,
} from "./outbox-item.js";
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
  type SyncReceiptsAnswer,
  type SyncReceiptsVariables,
} from "./receipt-queue.js";
export { resuming } from "./resuming.js";
export {
  createSeenObserver,
  type SeenObserver,
  type SeenObserverOptions,
} from "./seen-observer.js";
export { sendByApollo, sendByUrql } from "./senders.js";
export type {
  FollowResult,
  FollowSink,
  FollowSource,
  SubscriptionClient,
} from "./subscription.js";
