/** An entry of a queue: plain data that can be cloned and written as JSON. */
export interface QueueEntry {
  /** Names the entry within its queue; an entry with the same key replaces it. */
  readonly key: string;
  /** When the entry was queued, in milliseconds since 1970; later in each further entry, so it orders them. */
  readonly queuedAtMs: number;
}

/**
 * Keeps a queue through reloads. One storage holds the queue of one user. Implement it over the
 * storage of your platform (SQLite, MMKV, a file). A queue never makes two calls at the same time.
 */
export interface QueueStorage<E extends QueueEntry> {
  /** The name by which tabs or processes that share the storage find each other; absent where none do. */
  readonly sharedAs?: string;
  /** Reads all entries, in any order. */
  load(): Promise<readonly E[]>;
  /** Puts entries and removes others by key, both or neither. Resolves once the change is durable. */
  update(put: readonly E[], remove: readonly string[]): Promise<void>;
}

/** A storage that lasts as long as its object: for Node, for tests, and where no other storage is there. */
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
