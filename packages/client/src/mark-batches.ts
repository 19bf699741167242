import { isPassing, type Failure } from "./failure.js";
import type { ReceiptMark } from "./marks.js";
import type { Settlement } from "./send-loop.js";

/** How many marks `syncReceipts` takes at once (R29). */
const maxBatch = 500;

/** A mark that the server will never take. */
export interface RefusedMark {
  readonly mark: ReceiptMark;
  readonly code: Failure["code"];
}

/** The answer of `syncReceipts` for one mark. */
export interface SyncReceiptResult {
  readonly error?: "NOT_FOUND" | "BAD_USER_INPUT" | null | undefined;
}

/** Chooses the marks of each request, and learns from failed requests. */
export interface MarkBatches {
  /** The marks of the next request. */
  pick(marks: readonly ReceiptMark[]): readonly ReceiptMark[];
  /** Judges each mark of a batch by its result; a mark without a result is tried again. */
  settle(
    batch: readonly ReceiptMark[],
    results: readonly SyncReceiptResult[],
  ): Settlement<ReceiptMark>;
  /** Judges the marks of a request that failed as a whole. */
  settleFailed(
    batch: readonly ReceiptMark[],
    failure: Failure,
  ): Settlement<ReceiptMark>;
}

/**
 * One mark may make the server fail on the whole request. After such a failure requests are half as
 * large, and their marks go after the others, so that the others get through.
 * @param onRefused called from a microtask with marks that were refused for good
 */
export function createMarkBatches(
  onRefused: ((refused: readonly RefusedMark[]) => void) | undefined,
): MarkBatches {
  /** Marks of failed requests, each with the number of the last failed request. */
  const suspects = new Map<string, number>();
  let failedRequests = 0;
  let limit = maxBatch;

  const suspicion = ({ key }: ReceiptMark) => suspects.get(key) ?? 0;

  function drop(refused: readonly RefusedMark[]): ReceiptMark[] {
    if (refused.length > 0) queueMicrotask(() => onRefused?.(refused));
    return refused.map(({ mark }) => {
      suspects.delete(mark.key);
      return mark;
    });
  }

  return {
    pick: (marks) =>
      [...marks].sort((a, b) => suspicion(a) - suspicion(b)).slice(0, limit),
    settle(batch, results) {
      const done: ReceiptMark[] = [];
      const refused: RefusedMark[] = [];
      batch.forEach((mark, i) => {
        const result = results[i];
        if (result?.error) refused.push({ mark, code: result.error });
        else if (result) done.push(mark);
        if (result) suspects.delete(mark.key);
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
    },
    settleFailed(batch, failure) {
      const { code, argumentPath } = failure;
      if (isPassing(failure)) return { failure };
      if (code === "FORBIDDEN")
        return { dropped: drop(batch.map((mark) => ({ mark, code }))) };
      // ["input", "receipts", 3, …]
      const wrong = batch[Number(argumentPath?.[2])];
      if (wrong) return { dropped: drop([{ mark: wrong, code }]) };
      failedRequests++;
      for (const { key } of batch) suspects.set(key, failedRequests);
      limit = Math.ceil(batch.length / 2);
      return { failure };
    },
  };
}
