import { defaultBackOff, waitMs, type BackOff } from "./back-off.js";
import { failureOf, isPassing, type Failure } from "./failure.js";
import { createKeptEntries } from "./kept-entries.js";
import { onOnline } from "./online.js";
import type { Queue } from "./queue.js";
import type { QueueEntry, QueueStorage } from "./queue-storage.js";
import { openTabs } from "./tabs.js";

/** What came of a batch. An entry that is not mentioned is tried again. */
export interface Settlement<E> {
  /** Acknowledged. */
  readonly done?: readonly E[];
  /** Refused for good: not kept, and not acknowledged. */
  readonly dropped?: readonly E[];
  /** Kept in another form. */
  readonly changed?: readonly E[];
  /** Why the others are tried again, after a back-off; without it that is at once. */
  readonly failure?: Failure | undefined;
}

/** What a kind of queue does with its entries. */
export interface QueueRules<E extends QueueEntry> {
  readonly storage: QueueStorage<E>;
  readonly backOff?: BackOff | undefined;
  readonly onStorageError?: ((error: unknown) => void) | undefined;
  /** Whether the server is still to be told of an entry; by default of every one. */
  readonly isPending?: (entry: E) => boolean;
  /** The entries that need not be sent: others say the same, or it was said before. */
  readonly redundant?: (entries: readonly E[]) => readonly E[];
  /** What goes with the next request; nothing where there is nothing to send. */
  readonly pick: (entries: readonly E[]) => readonly E[];
  readonly send: (batch: readonly E[]) => Promise<Settlement<E>>;
  /** Told what was acknowledged, to this tab or another. */
  readonly onDone: (entries: readonly E[]) => void;
}

/** The part that all queues share. */
export interface DurableQueue<E extends QueueEntry> {
  /** All entries, in order; the same array until something changes. */
  readonly entries: readonly E[];
  get(key: string): E | undefined;
  /** Adds an entry, or replaces the one of its key. */
  put(entry: E): void;
  remove(key: string): void;
  /** A time for a new entry: now, and later than every other entry's. */
  nextTimeMs(): number;
  /** The queue as the app gets it: what all can do, and these. */
  extendedBy<T extends object>(more: T): Queue & T;
}

/**
 * A queue that outlives its page. Entries are kept in a storage before they are sent, and until they
 * are acknowledged; what comes while a request is under way goes together as the next one, without
 * timers; what fails is tried again after a back-off. Tabs that share the storage share the work:
 * whichever has the lock sends everything that is there, whoever queued it.
 */
export function createDurableQueue<E extends QueueEntry>({
  storage,
  backOff = defaultBackOff,
  onStorageError = () => undefined,
  isPending = () => true,
  redundant = () => [],
  pick,
  send,
  onDone,
}: QueueRules<E>): DurableQueue<E> {
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  /** Acknowledged, and not told to the other tabs yet. */
  let untold: E[] = [];
  let running: Promise<void> | null = null;
  let hasMore = false;
  let isPaused = false;
  let isSending = false;
  let isNotifying = false;
  let isResumed = false;
  let failure: Failure | null = null;
  let attempt = 0;
  let endWait = (): void => undefined;

  const kept = createKeptEntries({
    storage,
    onError: onStorageError,
    beforeSave: merge,
    onSaved() {
      const told = untold;
      untold = [];
      tabs.tell(told);
    },
  });

  const tabs = openTabs<readonly E[]>(storage.sharedAs, (done) => {
    onDone(done);
    void kept.sync(true).then(() => {
      notify();
      if (kept.all.length > 0) wake();
    });
  });

  function merge(): void {
    for (const { key } of redundant(kept.all)) kept.remove(key);
    notify();
  }

  /** Calls listeners from a microtask of its own: what they throw is the app's and stops nothing here. */
  function notify(): void {
    if (isNotifying) return;
    isNotifying = true;
    queueMicrotask(() => {
      isNotifying = false;
      for (const listener of [...listeners]) listener();
    });
  }

  const isStopped = () => isPaused || closing.signal.aborted;

  function wake(): void {
    hasMore = true;
    if (running || isStopped()) return;
    running = tabs.exclusively(drain, closing.signal).finally(() => {
      running = null;
      notify();
      if (hasMore) wake();
    });
  }

  /** Sends until nothing is left. */
  async function drain(): Promise<void> {
    for (;;) {
      hasMore = false;
      await kept.sync(true);
      merge();
      const batch = isStopped() ? [] : pick(kept.all);
      if (batch.length === 0) return;
      await sendBatch(batch);
      if (!failure) attempt = 0;
      else if (failure.code !== "UNAUTHENTICATED")
        await wait(waitMs(backOff, attempt++, failure.retryAfterMs));
      else if (!isResumed) isPaused = true;
    }
  }

  async function sendBatch(batch: readonly E[]): Promise<void> {
    isSending = true;
    isResumed = false;
    notify();
    const settled = await send(batch).catch(
      (error: unknown): Settlement<E> => ({ failure: failureOf(error) }),
    );
    isSending = false;
    const { done = [], dropped = [], changed = [] } = settled;
    failure = settled.failure ?? null;
    onDone(done);
    untold.push(...done);
    for (const { key } of [...done, ...dropped]) kept.remove(key);
    // It may have been taken out meanwhile.
    for (const entry of changed) if (kept.get(entry.key)) kept.put(entry);
    void kept.sync(false);
  }

  async function wait(ms: number): Promise<void> {
    if (isStopped()) return;
    notify();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function changed(): void {
    void kept.sync(false);
    wake();
    // The server answers: what is new need not wait for what it failed on.
    if (failure && !isPassing(failure)) endWait();
  }

  function retryNow(): void {
    attempt = 0;
    endWait();
    wake();
  }

  const stopListening = onOnline(retryNow);
  wake();

  const queue: Queue = {
    get state() {
      if (closing.signal.aborted) return "closed";
      if (isSending) return "sending";
      if (isPaused) return "paused";
      return running ? "waiting" : "idle";
    },
    get pending() {
      return kept.all.filter(isPending).length;
    },
    get failure() {
      return failure;
    },
    pause() {
      isPaused = true;
      endWait();
      notify();
    },
    resume() {
      isPaused = false;
      isResumed = true;
      retryNow();
      notify();
    },
    saved: () => kept.sync(false),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      endWait();
      stopListening();
      await running;
      await kept.sync(false);
      tabs.close();
      notify();
    },
  };

  return {
    get entries() {
      return kept.all;
    },
    get: (key) => kept.get(key),
    put(entry) {
      if (closing.signal.aborted) return;
      kept.put(entry);
      changed();
    },
    remove(key) {
      if (closing.signal.aborted) return;
      kept.remove(key);
      changed();
    },
    nextTimeMs: () => Math.max(Date.now(), kept.newestMs + 1),
    extendedBy: (more) =>
      Object.create(queue, Object.getOwnPropertyDescriptors(more)) as Queue &
        typeof more,
  };
}
