import type { BackOff } from "./back-off.js";
import type { Failure } from "./failure.js";
import type { QueueEntry, QueueStorage } from "./queue-storage.js";

/**
 * What a queue is doing: nothing to do; a request of this tab under way; something to do later (a
 * back-off, or another tab's turn); told to hold, or in need of a new token; over.
 */
export type QueueState = "idle" | "sending" | "waiting" | "paused" | "closed";

/** What the app may set on every queue. */
export interface QueueOptions<E extends QueueEntry> {
  /** Whose queue it is: each user of a device has their own, and only they send it. */
  readonly userId: string;
  /** Where it is kept; by default IndexedDB, or memory where there is none. */
  readonly storage?: QueueStorage<E>;
  readonly backOff?: BackOff;
  /** How long an answer is waited for before the same is sent again, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Told when the storage fails: the queue goes on in memory, and a reload may lose what it holds. */
  readonly onStorageError?: (error: unknown) => void;
}

/** What every queue can do. */
export interface Queue {
  readonly state: QueueState;
  /** How many entries the server is still to be told of. */
  readonly pending: number;
  /** Why the last attempt failed; null once one went well. */
  readonly failure: Failure | null;
  /** Holds back what is to be sent; it is kept and added to. A request under way ends as it would. */
  pause(): void;
  /** Goes on at once: after `pause`, with a new token, or without waiting for the back-off's end. */
  resume(): void;
  /**
   * Resolves once what was taken so far is in the storage, from where it outlives the page. It is
   * written at once, unasked; this is for an app that is about to end its page itself.
   */
  saved(): Promise<void>;
  /** Calls back after changes, once for those that come together. Returns how to stop that. */
  onChange(listener: () => void): () => void;
  /** Ends it; what is left stays in the storage. Resolves when a request under way was answered. */
  close(): Promise<void>;
}
