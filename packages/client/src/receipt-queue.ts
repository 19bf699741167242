import { createDurableQueue } from "./durable-queue.js";
import { failureOf } from "./failure.js";
import { defaultStorage } from "./indexed-db-storage.js";
import {
  createMarkBatches,
  type RefusedMark,
  type SyncReceiptResult,
} from "./mark-batches.js";
import {
  MarkSet,
  redundantMarks,
  type MarkedMessage,
  type ReceiptKind,
  type ReceiptMark,
} from "./marks.js";
import type { Queue, QueueOptions } from "./queue.js";
import { defaultTimeoutMs, within } from "./within.js";

/** How many acknowledged marks of single messages are remembered. */
const maxRemembered = 1_000;

/** The variables of `mutation ($input: SyncReceiptsInput!) { syncReceipts(input: $input) { … } }`. */
export interface SyncReceiptsVariables {
  readonly input: {
    readonly receipts: {
      readonly messageId: string;
      readonly kind: ReceiptKind;
      readonly upTo: boolean;
    }[];
  };
}

/** The answer of `syncReceipts`: one result for each mark, in order. */
export interface SyncReceiptsAnswer {
  readonly results: readonly SyncReceiptResult[];
}

/** The settings of a receipt queue. */
export interface ReceiptQueueOptions extends QueueOptions<ReceiptMark> {
  /** Runs the mutation. A rejection is the error of the app's GraphQL client, unchanged. */
  readonly send: (
    variables: SyncReceiptsVariables,
  ) => Promise<SyncReceiptsAnswer>;
  /** Called from a microtask with marks that were dropped because the server refused them for good. */
  readonly onRefused?: (refused: readonly RefusedMark[]) => void;
}

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
}

/**
 * Makes a queue of marks. A mark may be made at any time, offline too, and any number of times. The
 * queue keeps a mark until the server has acknowledged it, merges marks that say the same, and sends
 * each once. It sends a mark again where the answer was lost, or the page was closed before the answer
 * came; the server counts both as one mark (R9).
 */
export function createReceiptQueue({
  userId,
  send,
  storage = defaultStorage(`acked-receipts:${userId}`),
  timeoutMs = defaultTimeoutMs,
  onRefused,
  ...options
}: ReceiptQueueOptions): ReceiptQueue {
  const known = new MarkSet(maxRemembered);
  const batches = createMarkBatches(onRefused);

  const queue = createDurableQueue<ReceiptMark>({
    ...options,
    storage,
    redundant: (marks) => redundantMarks(marks, known),
    pick: batches.pick,
    onDone(marks) {
      for (const mark of marks) known.add(mark);
    },
    async send(batch) {
      const receipts = batch.map(({ messageId, kind, upTo }) => ({
        messageId,
        kind,
        upTo,
      }));
      try {
        const request = send({ input: { receipts } });
        const { results } = await within(timeoutMs, request);
        return batches.settle(batch, results);
      } catch (error) {
        return batches.settleFailed(batch, failureOf(error));
      }
    },
  });

  const marker =
    (kind: ReceiptKind, upTo: boolean) =>
    ({ id, seq, conversationId }: MarkedMessage): void => {
      const mark: ReceiptMark = {
        key: `${kind}${upTo ? "*" : ""}:${id}`,
        queuedAtMs: queue.nextTimeMs(),
        messageId: id,
        conversationId,
        seq,
        kind,
        upTo,
      };
      if (!known.has(mark)) queue.put(mark);
    };

  return queue.extendedBy({
    delivered: marker("DELIVERED", false),
    read: marker("READ", false),
    deliveredUpTo: marker("DELIVERED", true),
    readUpTo: marker("READ", true),
  });
}
