import { connect } from "../../src/db/connect.js";
import { createLockTurns } from "../../src/db/lock-queue.js";
import { createInProcessBus } from "../../src/bus/in-process-bus.js";
import { receiptQueries } from "../../src/domain/receipts/receipt-queries.js";
import { createReceiptService } from "../../src/domain/receipts/receipt-service.js";
import { nthRead } from "../marks/chats.js";
import type { SeededChat } from "../support/chats.js";

/** The write engine by itself, in this process. */
export interface Engine {
  /** Every reader makes the marks `from` to `to - 1` of theirs, one after the other, all readers at once. */
  mark(from: number, to: number): Promise<void>;
  /** The mean size of the batches since it was asked last. */
  takeMeanBatch(): number;
  close(): Promise<void>;
}

/** Acked's service that writes marks, on a pool of its own. */
export function openEngine(
  databaseUrl: string,
  chats: readonly SeededChat[],
): Engine {
  const pool = connect(databaseUrl);
  let batches: number[] = [];
  const receipts = createReceiptService({
    queries: receiptQueries(pool.db),
    bus: createInProcessBus(),
    turns: createLockTurns(),
    observer: { onBatch: (size) => batches.push(size) },
  });
  return {
    async mark(from, to) {
      await Promise.all(
        chats.flatMap(({ id: conversationId, readerIds }) =>
          readerIds.map(async (userId) => {
            const viewer = { userId, isService: false, expiresAtMs: Infinity };
            for (let n = from; n < to; n++) {
              const place = { conversationId, seq: nthRead(n) };
              await receipts.mark(viewer, "READ", place, { upTo: false });
            }
          }),
        ),
      );
    },
    takeMeanBatch() {
      const mean =
        batches.reduce((sum, size) => sum + size, 0) / batches.length;
      batches = [];
      return mean;
    },
    close: pool.close,
  };
}
