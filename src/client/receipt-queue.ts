import { createDurableQueue, type Settlement } from "./durable-queue.js";
import { failureOf, isPassing, type Failure } from "./failure.js";
import { defaultStorage } from "./indexed-db-storage.js";
import {
  MarkSet,
  redundantMarks,
  type MarkedMessage,
  type ReceiptKind,
  type ReceiptMark,
} from "./marks.js";
import type { Queue, QueueOptions } from "./queue.js";
import { defaultTimeoutMs, within } from "./within.js";

/** How many marks `syncReceipts` takes at once (semantics R29). */
const maxBatch = 500;

/** Single marks that the server has acknowledged are remembered up to this number. */
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

/** What `syncReceipts` answers: one result for each mark, in order. */
export interface SyncReceiptsAnswer {
  readonly results: readonly {
    readonly error?: "NOT_FOUND" | "BAD_USER_INPUT" | null | undefined;
  }[];
}

/** A mark that the server will never take. */
export interface RefusedMark {
  readonly mark: ReceiptMark;
  readonly code: Failure["code"];
}

/** What a receipt queue needs. */
export interface ReceiptQueueOptions extends QueueOptions<ReceiptMark> {
  /** Runs the mutation; rejects with what the app's GraphQL client rejects with. */
  readonly send: (
    variables: SyncReceiptsVariables,
  ) => Promise<SyncReceiptsAnswer>;
  /** Told of marks that were dropped because the server refused them for good. */
  readonly onRefused?: (refused: readonly RefusedMark[]) => void;
}

/** What this device has received and its user has seen, until the server knows. */
export interface ReceiptQueue extends Queue {
  /** The device holds this message. */
  delivered(message: MarkedMessage): void;
  /** The user has seen this message; no other is affected. */
  read(message: MarkedMessage): void;
  /** The device holds every message of the conversation up to and including this one. */
  deliveredUpTo(message: MarkedMessage): void;
  /** The user has seen every message of the conversation up to and including this one. */
  readUpTo(message: MarkedMessage): void;
}

/**
 * Makes a queue of marks. A mark may be made at any time, offline or not, any number of times: it is
 * kept until the server has acknowledged it, merged with others that say the same, and sent once.
 * Only where an answer was lost, or the page was left before it came, is it sent again, which the
 * server takes as the same mark (semantics R9).
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
  /** Marks that were in a request which the server failed on as a whole, by the number of the last one. */
  const suspect = new Map<string, number>();
  let failedRequests = 0;
  let limit = maxBatch;

  const queue = createDurableQueue<ReceiptMark>({
    ...options,
    storage,
    redundant: (marks) => redundantMarks(marks, known),
    // Those that may be what the server fails on go last, in turn.
    pick: (marks) =>
      [...marks]
        .sort((a, b) => (suspect.get(a.key) ?? 0) - (suspect.get(b.key) ?? 0))
        .slice(0, limit),
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
        const { results } = await within(
          timeoutMs,
          send({ input: { receipts } }),
        );
        return settle(batch, results);
      } catch (error) {
        return settleFailed(batch, failureOf(error));
      }
    },
  });

  function settle(
    batch: readonly ReceiptMark[],
    results: SyncReceiptsAnswer["results"],
  ): Settlement<ReceiptMark> {
    const done: ReceiptMark[] = [];
    const refused: RefusedMark[] = [];
    batch.forEach((mark, i) => {
      const result = results[i];
      if (result?.error) refused.push({ mark, code: result.error });
      else if (result) done.push(mark);
      if (result) suspect.delete(mark.key);
    });
    limit = Math.min(maxBatch, limit * 2);
    return {
      done,
      dropped: drop(refused),
      failure:
        results.length < batch.length
          ? { code: "INTERNAL_SERVER_ERROR", message: "Results are missing." }
          : undefined,
    };
  }

  /** The request as a whole went wrong. */
  function settleFailed(
    batch: readonly ReceiptMark[],
    failure: Failure,
  ): Settlement<ReceiptMark> {
    const { code, argumentPath } = failure;
    if (isPassing(failure)) return { failure };
    if (code === "FORBIDDEN")
      return { dropped: drop(batch.map((mark) => ({ mark, code }))) };
    // ["input", "receipts", 3, …]
    const wrong = batch[Number(argumentPath?.[2])];
    if (wrong) return { dropped: drop([{ mark: wrong, code }]) };
    // One of them may be what the server fails on: smaller requests let the others through.
    failedRequests++;
    for (const { key } of batch) suspect.set(key, failedRequests);
    limit = Math.ceil(batch.length / 2);
    return { failure };
  }

  function drop(refused: readonly RefusedMark[]): ReceiptMark[] {
    if (refused.length > 0) queueMicrotask(() => onRefused?.(refused));
    return refused.map(({ mark }) => {
      suspect.delete(mark.key);
      return mark;
    });
  }

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
