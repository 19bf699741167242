import type { OutboxItem, StoredMessage } from "./outbox-item.js";

/** How many sent messages are kept for display; beyond that, the oldest are dropped. */
const maxSent = 100;

/** The messages that the server has stored, for display until the app discards them. */
export interface SentItems<M extends StoredMessage> {
  add(item: OutboxItem<M>): void;
  /** Drops an item. */
  delete(clientId: string): void;
  /**
   * The sent items and the queue's entries, oldest first.
   * @returns the same array until an item or an entry changes
   */
  shownWith(entries: readonly OutboxItem<M>[]): readonly OutboxItem<M>[];
}

/** Starts with no sent item. */
export function createSentItems<M extends StoredMessage>(): SentItems<M> {
  const sent = new Map<string, OutboxItem<M>>();
  let shown: readonly OutboxItem<M>[] | null = null;
  let shownEntries: readonly OutboxItem<M>[] | null = null;

  return {
    add(item) {
      sent.set(item.key, item);
      for (const oldest of sent.keys()) {
        if (sent.size <= maxSent) break;
        sent.delete(oldest);
      }
      shown = null;
    },
    delete(clientId) {
      if (sent.delete(clientId)) shown = null;
    },
    shownWith(entries) {
      if (shownEntries !== entries) shown = null;
      shownEntries = entries;
      return (shown ??= [
        ...sent.values(),
        ...entries.filter(({ key }) => !sent.has(key)),
      ].sort((a, b) => a.queuedAtMs - b.queuedAtMs));
    },
  };
}
