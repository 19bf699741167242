/** What a queue keeps. Plain data: it can be cloned and written as JSON. */
export interface QueueEntry {
  /** Names it within its queue; the same key again replaces it. */
  readonly key: string;
  /** When it was queued: milliseconds since 1970, each later than the one before, so that it orders. */
  readonly queuedAtMs: number;
}

/**
 * Where a queue is kept through reloads. One storage holds the queue of one user. Implement it over
 * whatever the platform has (SQLite, MMKV, a file); a queue never calls it twice at the same time.
 */
export interface QueueStorage<E extends QueueEntry> {
  /** Set where other tabs or processes use the same storage: the name that they find each other by. */
  readonly sharedAs?: string;
  /** Everything kept, in any order. */
  load(): Promise<readonly E[]>;
  /** Puts entries and removes others by key: both or neither. Resolves once that is kept. */
  update(put: readonly E[], remove: readonly string[]): Promise<void>;
}

/** A storage that lasts as long as its object: for Node, for tests, where nothing else is there. */
export function memoryStorage<E extends QueueEntry>(): QueueStorage<E> {
  const entries = new Map<string, E>();
  return {
    load: () => Promise.resolve([...entries.values()]),
    update(put, remove) {
      for (const key of remove) entries.delete(key);
      for (const entry of put) entries.set(entry.key, entry);
      return Promise.resolve();
    },
  };
}
