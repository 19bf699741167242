import { EntryMap } from "./entry-map.js";
import type { QueueEntry, QueueStorage } from "./queue-storage.js";
import { openTabs, type Tabs } from "./tabs.js";
import { within } from "./within.js";

/** How long a storage may take before the queue goes on without it, in milliseconds. */
const patienceMs = 2_000;

/** A queue's entries: in memory, in the storage, and shared with the tabs that use the same storage. */
export interface KeptEntries<E extends QueueEntry> extends Pick<
  Tabs,
  "exclusively" | "close"
> {
  /** The entries in memory. A change is saved by the next `save` or `read`. */
  readonly entries: EntryMap<E>;
  /** Saves the unsaved changes. Calls during a saving share the next one. Never rejects. */
  save(): Promise<void>;
  /** Saves, reads the entries that other tabs wrote, and merges them. Never rejects. */
  read(): Promise<readonly E[]>;
  /** Removes acknowledged entries, and tells the other tabs once the removal is saved. */
  settle(done: readonly E[]): void;
}

/** Waits for a storage, but not for one that hangs: then for as long as it hangs, for no call. */
function createPatience(
  onStuck: (error: unknown) => void,
  onAnswer: () => void,
): (synced: Promise<void>) => Promise<void> {
  let isStuck = false;
  return async (synced) => {
    if (isStuck) return;
    await within(patienceMs, synced).catch((error: unknown) => {
      if (isStuck) return;
      isStuck = true;
      onStuck(error);
      void synced.then(() => {
        isStuck = false;
        onAnswer();
      });
    });
  };
}

/** The storage of kept entries, and the callbacks. */
export interface KeptEntriesOptions<E extends QueueEntry> {
  readonly storage: QueueStorage<E>;
  /** The entries that need not be kept: others say the same, or the server knows it. */
  readonly redundant: (entries: readonly E[]) => readonly E[];
  /** Called when entries may have changed, other than by the caller. */
  readonly onChange: () => void;
  /** Called when the storage failed; the changes stay unsaved. */
  readonly onStorageError: (error: unknown) => void;
  /** Called with entries that another tab had acknowledged; then the storage is read. */
  readonly onDone: (done: readonly E[]) => void;
  /** Called when the storage was read after that, or after it had kept the queue waiting for too long. */
  readonly onRead: () => void;
}

/**
 * Keeps entries in memory first, so that reading them needs no waiting, and a storage that fails
 * or hangs loses no entry while the page lives, and holds none back. The first saving reads what an
 * earlier page left.
 */
export function createKeptEntries<E extends QueueEntry>({
  storage,
  redundant,
  onChange,
  onStorageError,
  onDone,
  onRead,
}: KeptEntriesOptions<E>): KeptEntries<E> {
  const entries = new EntryMap<E>();
  let isLoaded = false;
  let last: Promise<void> = Promise.resolve();
  let next: { load: boolean; done: Promise<void> } | null = null;
  const patiently = createPatience(onStorageError, onRead);
  /** Acknowledged entries that the other tabs were not told of yet. */
  const untold: E[] = [];

  const { exclusively, tell, close } = openTabs<readonly E[]>(
    storage.sharedAs,
    (done) => {
      onDone(done);
      void sync(true).then(onRead);
    },
  );

  function merge(): void {
    for (const { key } of redundant(entries.all)) entries.set(key, null);
    onChange();
  }

  async function store(): Promise<void> {
    merge();
    const changes = entries.unsaved;
    if (changes.length === 0) return;
    await storage.update(
      changes.flatMap(([, entry]) => entry ?? []),
      changes.flatMap(([key, entry]) => (entry ? [] : key)),
    );
    entries.markSaved(changes);
    tell(untold.splice(0));
  }

  async function load(): Promise<void> {
    const stored = await storage.load();
    if (!isLoaded) entries.moveBehind(stored);
    isLoaded = true;
    entries.replaceBy(stored);
  }

  /** Stores the changes, and with `withLoad` reads the storage. */
  function sync(withLoad: boolean): Promise<void> {
    if (next) {
      next.load ||= withLoad;
      return next.done;
    }
    const mine = {
      load: withLoad,
      done: last.then(async () => {
        next = null;
        const isFirst = !isLoaded;
        if (isFirst) await load().catch(onStorageError);
        await store().catch(onStorageError);
        if (mine.load && !isFirst) await load().catch(onStorageError);
      }),
    };
    next = mine;
    return (last = mine.done);
  }

  return {
    entries,
    save: () => patiently(sync(false)),
    async read() {
      await patiently(sync(true));
      merge();
      return entries.all;
    },
    settle(done) {
      untold.push(...done);
      for (const { key } of done) entries.set(key, null);
    },
    exclusively,
    close,
  };
}
