import { createDurableQueue } from "./durable-queue.js";
import { defaultStorage } from "./indexed-db-storage.js";
import { createMarkSending, type MarkSendingOptions } from "./mark-sending.js";
import {
  redundantMarks,
  type MarkedMessage,
  type QueuedMark,
  type ReceiptKind,
  type ReceiptMark,
} from "./marks.js";
import type { Queue, QueueOptions } from "./queue.js";
import { Sights, type Sight } from "./sights.js";
import { isReceipt } from "./unread-marks.js";
import { defaultTimeoutMs } from "./within.js";

/** The settings of a receipt queue. */
export interface ReceiptQueueOptions
  extends QueueOptions<QueuedMark>, MarkSendingOptions {}

/** The messages that this device has received and its user has seen, until the server knows. */
export interface ReceiptQueue extends Queue {
  /** The device holds this message. */
  delivered(message: MarkedMessage): void;
  /** The user has seen this message; no other message is marked. */
  read(message: MarkedMessage): void;
  /** The device holds every message of the conversation up to and including this one. */
  deliveredUpTo(message: MarkedMessage): void;
  /** The user has seen every message of the conversation up to and including this one. */
  readUpTo(message: MarkedMessage): void;
  /**
   * From this message on the conversation shows as unread again, to its user alone (R31). Marks of the
   * conversation that were made before are sent before it, and later ones after it.
   * @throws where the queue was made without `sendUnread`
   */
  markUnread(message: UnreadFrom): void;
  /**
   * The device has read the conversation's state, or taken an event of its status changes other than a
   * reset. Reads that are marked from now on carry the cursor as `seen`, so that an old one does not undo
   * what another device has marked as unread since (R32). To be called in the order in which answers and
   * events come.
   */
  saw(conversationId: string, cursor: string): void;
  /** Calls back when this tab marks a conversation as unread. Returns how to remove the listener. */
  onMarkUnread(listener: (conversationId: string) => void): () => void;
}

/** The fields of a message that a mark as unread needs. */
export type UnreadFrom = Pick<MarkedMessage, "id" | "conversationId">;

/**
 * Makes a queue of marks. A mark may be made at any time, offline too, and any number of times. The
 * queue keeps a mark until the server has acknowledged it, merges marks that say the same, and sends
 * each once. It sends a mark again where the answer was lost, or the page was closed before the answer
 * came; the server counts both as one mark (R9).
 */
export function createReceiptQueue({
  userId,
  send,
  sendUnread,
  storage = defaultStorage(`acked-receipts:${userId}`),
  timeoutMs = defaultTimeoutMs,
  onRefused,
  ...options
}: ReceiptQueueOptions): ReceiptQueue {
  const sights = new Sights();
  const listeners = new Set<(conversationId: string) => void>();

  const queue = createDurableQueue<QueuedMark>({
    ...options,
    ...createMarkSending({ send, sendUnread, timeoutMs, onRefused }),
    storage,
    redundant: (marks) => redundantMarks(marks.filter(isReceipt), sights.known),
    onDone(marks) {
      for (const mark of marks)
        if (isReceipt(mark)) sights.acknowledge(mark);
        else look(mark.conversationId, mark.cursor, mark.key);
    },
  });

  /** @param doneKey the mark as unread whose acknowledgement brings the cursor */
  function look(conversationId: string, cursor?: string, doneKey?: string) {
    if (cursor && cursor === sights.of(conversationId).seen) return;
    // The cursor may be older than that mark is for the server. What is read after it takes it off, so
    // it carries no cursor.
    const isAhead = queue.entries.some(
      (mark) =>
        !isReceipt(mark) &&
        mark.conversationId === conversationId &&
        mark.key !== doneKey,
    );
    sights.change(conversationId, isAhead ? undefined : cursor);
  }

  const marker =
    (kind: ReceiptKind, upTo: boolean) =>
    ({ id, seq, conversationId }: MarkedMessage): void => {
      const sight: Sight = kind === "READ" ? sights.of(conversationId) : {};
      const mark: ReceiptMark = {
        key: keyOf(kind, upTo, id, sight.sinceMs),
        queuedAtMs: queue.nextTimeMs(),
        messageId: id,
        conversationId,
        seq,
        kind,
        upTo,
        ...sight,
      };
      if (!sights.known.has(mark)) queue.put(mark);
    };

  return queue.extendedBy<Omit<ReceiptQueue, keyof Queue>>({
    delivered: marker("DELIVERED", false),
    read: marker("READ", false),
    deliveredUpTo: marker("DELIVERED", true),
    readUpTo: marker("READ", true),
    markUnread({ id: messageId, conversationId }: UnreadFrom) {
      if (!sendUnread) throw new Error("The queue has no `sendUnread`.");
      const queuedAtMs = queue.nextTimeMs();
      const key = `UNREAD:${messageId}:${queuedAtMs}`;
      sights.change(conversationId);
      queue.put({ key, queuedAtMs, kind: "UNREAD", messageId, conversationId });
      for (const listener of listeners) listener(conversationId);
    },
    saw: (conversationId: string, cursor: string) =>
      look(conversationId, cursor),
    onMarkUnread(listener: (conversationId: string) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
}

/** Names a mark. Made again after the conversation changed, it is another: both may be under way. */
function keyOf(
  kind: ReceiptKind,
  upTo: boolean,
  messageId: string,
  sinceMs?: number,
): string {
  const since = sinceMs ? `:${sinceMs}` : "";
  return `${kind}${upTo ? "*" : ""}:${messageId}${since}`;
}
