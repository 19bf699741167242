import type { BackOff } from "./back-off.js";
import type { Connectivity } from "./connectivity.js";
import type { Failure } from "./failure.js";
import type { QueueEntry, QueueStorage } from "./queue-storage.js";

/**
 * The state of a queue:
 *
 * - `idle`: there is nothing to send.
 * - `sending`: a request of this tab is under way.
 * - `waiting`: entries wait for the end of a back-off, or for another tab that sends.
 * - `paused`: entries wait for `resume`, after `pause` or because the token was refused.
 * - `closed`: the queue has ended.
 */
export type QueueState = "idle" | "sending" | "waiting" | "paused" | "closed";

/** The settings that every queue has. */
export interface QueueOptions<E extends QueueEntry> {
  /** The user whose entries the queue keeps: each user of a device has a queue of their own. */
  readonly userId: string;
  /** The storage of the entries; by default IndexedDB, or memory where the platform has none. */
  readonly storage?: QueueStorage<E>;
  readonly backOff?: BackOff;
  /** What ends a back-off early; by default the browser's `online` event. React Native has none: see `/react-native`. */
  readonly connectivity?: Connectivity;
  /** How long to wait for an answer before the request is sent again, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /**
   * Called when the storage fails, or has not answered for 2 s: the queue goes on in memory, and a reload may
   * lose its entries. The storage is tried again with the next change.
   */
  readonly onStorageError?: (error: unknown) => void;
}

/** The members of every queue. */
export interface Queue {
  readonly state: QueueState;
  /** How many entries the server does not have yet. */
  readonly pending: number;
  /** Why the last attempt failed; null once an attempt succeeded. */
  readonly failure: Failure | null;
  /** Stops sending. Entries are kept, and may be added. A request under way is settled. */
  pause(): void;
  /** Sends at once: after `pause`, with a new token, or before the end of a back-off. */
  resume(): void;
  /**
   * Sends at once, and resolves when the server has every entry: for `sync` and `push` events of a service worker.
   * Rejects at the first failed attempt, with an error whose `failure` says why; entries are kept, and tried again.
   */
  flush(): Promise<void>;
  /**
   * Resolves once every entry so far is in the storage, where it outlives the page. Entries are
   * written at once anyway; `saved` is for an app that is about to leave its page by itself. It does not wait for a
   * storage that does not answer.
   */
  saved(): Promise<void>;
  /** Calls back after changes, once for changes that come together. Returns how to remove the listener. */
  onChange(listener: () => void): () => void;
  /** Ends the queue; its entries stay in the storage. Resolves when a request under way was answered. */
  close(): Promise<void>;
}
