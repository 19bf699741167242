import type { QueueEntry, QueueStorage } from "./queue-storage.js";

/** A queue's entries, in memory and in its storage. */
export interface KeptEntries<E extends QueueEntry> {
  /** All of them, in order; the same array until something changes. */
  readonly all: readonly E[];
  /** The time of the newest that was ever in it. */
  readonly newestMs: number;
  get(key: string): E | undefined;
  put(entry: E): void;
  remove(key: string): void;
  /**
   * Writes what changed, and reads what other tabs wrote where `load` is set. What is asked for
   * while one is under way goes together as the next. Never rejects.
   */
  sync(load: boolean): Promise<void>;
}

/** Keeps entries in memory first, so that reading them needs no waiting and a failing storage loses nothing. */
export function createKeptEntries<E extends QueueEntry>({
  storage,
  beforeSave,
  onSaved,
  onError,
}: {
  storage: QueueStorage<E>;
  /** The time to merge what was gathered. */
  beforeSave: () => void;
  onSaved: () => void;
  onError: (error: unknown) => void;
}): KeptEntries<E> {
  const entries = new Map<string, E>();
  /** What the storage does not know yet; null stands for a removal. */
  const unsaved = new Map<string, E | null>();
  /** Whether it is known what an earlier page left. */
  let isLoaded = false;
  let sorted: readonly E[] | null = null;
  let newestMs = 0;
  let last: Promise<void> = Promise.resolve();
  let next: { load: boolean; done: Promise<void> } | null = null;

  function change(key: string, entry: E | null): void {
    if (entry) {
      entries.set(key, entry);
      newestMs = Math.max(newestMs, entry.queuedAtMs);
    } else entries.delete(key);
    sorted = null;
  }

  /** What an earlier page left comes before all of this one's, whatever the clocks of both said. */
  function followOn(left: readonly E[]): void {
    let newest = left.reduce((ms, e) => Math.max(ms, e.queuedAtMs), 0);
    for (const [key, entry] of unsaved)
      if (entry) {
        newest = Math.max(entry.queuedAtMs, newest + 1);
        unsaved.set(key, { ...entry, queuedAtMs: newest });
      }
  }

  async function save(): Promise<void> {
    beforeSave();
    const saving = [...unsaved];
    if (saving.length === 0) return;
    await storage.update(
      saving.flatMap(([, entry]) => entry ?? []),
      saving.flatMap(([key, entry]) => (entry ? [] : key)),
    );
    for (const [key, entry] of saving)
      if (unsaved.get(key) === entry) unsaved.delete(key);
    onSaved();
  }

  async function load(): Promise<void> {
    const loaded = await storage.load();
    if (!isLoaded) followOn(loaded);
    isLoaded = true;
    entries.clear();
    for (const entry of loaded) change(entry.key, entry);
    for (const [key, entry] of unsaved) change(key, entry);
    sorted = null;
  }

  function set(key: string, entry: E | null): void {
    change(key, entry);
    unsaved.set(key, entry);
  }

  return {
    get all() {
      return (sorted ??= [...entries.values()].sort(
        (a, b) => a.queuedAtMs - b.queuedAtMs,
      ));
    },
    get newestMs() {
      return newestMs;
    },
    get: (key) => entries.get(key),
    put: (entry) => set(entry.key, entry),
    remove: (key) => set(key, null),
    sync(withLoad) {
      if (next) {
        next.load ||= withLoad;
        return next.done;
      }
      const mine = {
        load: withLoad,
        done: last.then(async () => {
          next = null;
          const isFirst = !isLoaded;
          if (isFirst) await load().catch(onError);
          await save().catch(onError);
          if (mine.load && !isFirst) await load().catch(onError);
        }),
      };
      next = mine;
      return (last = mine.done);
    },
  };
}
