import { defaultBackOff, waitMs, type BackOff } from "./back-off.js";
import { failureOf, isPassing, type Failure } from "./failure.js";
import { platform } from "./platform.js";
import type { QueueEntry, QueueStorage } from "./queue-storage.js";
import { openTabs } from "./tabs.js";

/**
 * What a queue is doing: nothing to do; a request of this tab under way; something to do later (a
 * back-off, or another tab's turn); told to hold, or in need of a new token; over.
 */
export type QueueState = "idle" | "sending" | "waiting" | "paused" | "closed";

/** What every queue of this library can do. */
export interface QueueControl {
  readonly state: QueueState;
  /** Why the last attempt failed; null once one went well. */
  readonly failure: Failure | null;
  /** Holds back what is to be sent; it is kept and added to. A request under way ends as it would. */
  pause(): void;
  /** Goes on at once: after `pause`, with a new token, or without waiting for the back-off's end. */
  resume(): void;
  /** Calls back after each change, once for those that come together. Returns how to stop that. */
  onChange(listener: () => void): () => void;
  /** Ends it; what is left stays in the storage. Resolves when a request under way was answered. */
  close(): Promise<void>;
}

/** What came of a batch. An entry that is not mentioned is tried again. */
export interface Settlement<E> {
  /** Acknowledged. */
  readonly done?: readonly E[];
  /** Refused for good: not kept, and not acknowledged. */
  readonly dropped?: readonly E[];
  /** Kept in another form. */
  readonly changed?: readonly E[];
  /** Why the others are tried again, after a back-off; without it that is at once. */
  readonly failure?: Failure;
}

/** What the app may set on every queue. */
export interface QueueOptions<E extends QueueEntry> {
  /** Where it is kept; by default IndexedDB, or memory where there is none. */
  readonly storage?: QueueStorage<E>;
  readonly backOff?: BackOff;
  /** Told where the storage fails: the queue goes on in memory, and a reload may lose what it holds. */
  readonly onStorageError?: (error: unknown) => void;
}

/** What a kind of queue does with its entries. */
export interface QueueRules<E extends QueueEntry> extends QueueOptions<E> {
  readonly storage: QueueStorage<E>;
  /** The entries that need not be sent, because others say the same or it was said before. */
  readonly redundant: (entries: readonly E[]) => readonly E[];
  /** What goes with the next request; nothing when there is nothing to send. */
  readonly pick: (entries: readonly E[]) => readonly E[];
  readonly send: (batch: readonly E[]) => Promise<Settlement<E>>;
  /** Told what was acknowledged, to this tab or another. */
  readonly onDone: (entries: readonly E[]) => void;
}

/** A queue that survives reloads and is shared by tabs. */
export interface DurableQueue<E extends QueueEntry> extends QueueControl {
  /** Everything in it, in order; the same array until something changes. */
  readonly entries: readonly E[];
  /** Whether an entry of that key is in it. */
  has(key: string): boolean;
  /** Puts an entry, or removes the one of that key. */
  set(key: string, entry: Omit<E, keyof QueueEntry> | null): void;
  /** Tells listeners of a change outside of the queue. */
  changed(): void;
}
