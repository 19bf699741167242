import type { QueueEntry } from "./queue-storage.js";

/** A change that the storage may not have yet: an entry to put, or null to remove the key. */
export type EntryChange<E extends QueueEntry> = readonly [
  key: string,
  entry: E | null,
];

/** The entries of a queue in memory, and the changes that the storage does not have yet. */
export class EntryMap<E extends QueueEntry> {
  readonly #entries = new Map<string, E>();
  readonly #unsaved = new Map<string, E | null>();
  #sorted: readonly E[] | null = null;
  #newestMs = 0;

  /** All entries, oldest first; the same array until an entry changes. */
  get all(): readonly E[] {
    return (this.#sorted ??= [...this.#entries.values()].sort(
      (a, b) => a.queuedAtMs - b.queuedAtMs,
    ));
  }

  /** The latest `queuedAtMs` that was ever in the map. */
  get newestMs(): number {
    return this.#newestMs;
  }

  /** The changes to save, in the order of their first change. */
  get unsaved(): readonly EntryChange<E>[] {
    return [...this.#unsaved];
  }

  get(key: string): E | undefined {
    return this.#entries.get(key);
  }

  /** Puts an entry, or removes the key; the change counts as unsaved. */
  set(key: string, entry: E | null): void {
    this.#apply(key, entry);
    this.#unsaved.set(key, entry);
  }

  /** Counts changes as saved, except for keys that have changed again meanwhile. */
  markSaved(changes: readonly EntryChange<E>[]): void {
    for (const [key, entry] of changes)
      if (this.#unsaved.get(key) === entry) this.#unsaved.delete(key);
  }

  /** Takes over the entries of the storage, and applies the unsaved changes to them. */
  replaceBy(stored: readonly E[]): void {
    this.#entries.clear();
    for (const entry of stored) this.#apply(entry.key, entry);
    for (const [key, entry] of this.#unsaved) this.#apply(key, entry);
    this.#sorted = null;
  }

  /** Moves the unsaved entries behind those that an earlier page left, whatever both clocks said. */
  moveBehind(left: readonly E[]): void {
    let newest = left.reduce((ms, e) => Math.max(ms, e.queuedAtMs), 0);
    for (const [key, entry] of this.#unsaved)
      if (entry) {
        newest = Math.max(entry.queuedAtMs, newest + 1);
        this.#unsaved.set(key, { ...entry, queuedAtMs: newest });
      }
  }

  #apply(key: string, entry: E | null): void {
    if (entry) {
      this.#entries.set(key, entry);
      this.#newestMs = Math.max(this.#newestMs, entry.queuedAtMs);
    } else this.#entries.delete(key);
    this.#sorted = null;
  }
}
