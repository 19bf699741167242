import { defaultBackOff, type BackOff } from "./back-off.js";
import { createChangeListeners } from "./change-listeners.js";
import type { Connectivity } from "./connectivity.js";
import { createKeptEntries } from "./kept-entries.js";
import type { Queue } from "./queue.js";
import type { QueueEntry, QueueStorage } from "./queue-storage.js";
import { SendLoop, type Settlement } from "./send-loop.js";

/** How a kind of queue treats its entries. */
export interface QueueRules<E extends QueueEntry> {
  readonly storage: QueueStorage<E>;
  readonly backOff?: BackOff | undefined;
  readonly connectivity?: Connectivity | undefined;
  readonly onStorageError?: ((error: unknown) => void) | undefined;
  /** Whether the server does not have an entry yet; by default true of every entry. */
  readonly isPending?: (entry: E) => boolean;
  /** The entries that need not be sent: others say the same, or the server knows it. */
  readonly redundant?: (entries: readonly E[]) => readonly E[];
  /** Picks the entries of the next request; none where there is nothing to send. */
  readonly pick: (entries: readonly E[]) => readonly E[];
  /** Sends a batch. A rejection is a failure of the whole batch. */
  readonly send: (batch: readonly E[]) => Promise<Settlement<E>>;
  /** Called with the entries that were acknowledged, to this tab or another. */
  readonly onDone: (entries: readonly E[]) => void;
}

/** The common part of all queues. */
export interface DurableQueue<E extends QueueEntry> {
  /** All entries, oldest first; the same array until an entry changes. */
  readonly entries: readonly E[];
  get(key: string): E | undefined;
  /** Adds an entry, or replaces the entry of its key. */
  put(entry: E): void;
  remove(key: string): void;
  /** A time for a new entry: now, or just after the newest entry where that is later. */
  nextTimeMs(): number;
  /** The queue as the app gets it: the members of every queue, and those of `more`. */
  extendedBy<T extends object>(more: T): Queue & T;
}

/**
 * A queue that outlives its page. Entries are in a storage before they are sent, and until they are
 * acknowledged. Entries that come during a request go together in the next request, without timers.
 * A failed entry is tried again after a back-off. Tabs that share the storage share the work: the tab
 * that holds the lock sends the entries of all tabs.
 */
export function createDurableQueue<E extends QueueEntry>({
  storage,
  backOff = defaultBackOff,
  connectivity,
  onStorageError = () => undefined,
  isPending = () => true,
  redundant = () => [],
  pick,
  send,
  onDone,
}: QueueRules<E>): DurableQueue<E> {
  const listeners = createChangeListeners();
  let isClosed = false;

  const kept = createKeptEntries({
    storage,
    redundant,
    onChange: listeners.notify,
    onStorageError,
    onDone,
    onRead() {
      listeners.notify();
      if (entries.all.length > 0) loop.wake();
    },
  });
  const { entries, save } = kept;

  const loop = new SendLoop<E>({
    next: async () => pick(await kept.read()),
    send,
    settle({ done = [], dropped = [], changed = [] }) {
      onDone(done);
      kept.settle(done);
      for (const { key } of dropped) entries.set(key, null);
      // The app may have removed the entry meanwhile.
      for (const entry of changed)
        if (entries.get(entry.key)) entries.set(entry.key, entry);
      void save();
    },
    exclusively: kept.exclusively,
    backOff,
    connectivity,
    onChange: listeners.notify,
  });
  loop.wake();

  function change(key: string, entry: E | null): void {
    if (isClosed) return;
    entries.set(key, entry);
    void save();
    loop.entriesChanged();
  }

  const queue: Queue = {
    get state() {
      return loop.state;
    },
    get pending() {
      return entries.all.filter(isPending).length;
    },
    get failure() {
      return loop.failure;
    },
    pause: () => loop.pause(),
    resume: () => loop.resume(),
    flush: () => loop.flush(),
    saved: save,
    onChange: listeners.add,
    async close() {
      isClosed = true;
      await loop.close();
      await save();
      kept.close();
      listeners.notify();
    },
  };

  return {
    get entries() {
      return entries.all;
    },
    get: (key) => entries.get(key),
    put: (entry) => change(entry.key, entry),
    remove: (key) => change(key, null),
    nextTimeMs: () => Math.max(Date.now(), entries.newestMs + 1),
    extendedBy: (more) =>
      Object.create(queue, Object.getOwnPropertyDescriptors(more)) as Queue &
        typeof more,
  };
}
