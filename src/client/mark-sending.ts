import { failureOf } from "./failure.js";
import {
  createMarkBatches,
  type RefusedMark,
  type SyncReceiptResult,
} from "./mark-batches.js";
import type { QueuedMark, ReceiptKind, ReceiptMark } from "./marks.js";
import type { Settlement } from "./send-loop.js";
import {
  isReceipt,
  sendableMarks,
  sendUnreadMark,
  type MarkUnreadAnswer,
  type MarkUnreadVariables,
} from "./unread-marks.js";
import { within } from "./within.js";

/** The variables of `mutation ($input: SyncReceiptsInput!) { syncReceipts(input: $input) { … } }`. */
export interface SyncReceiptsVariables {
  readonly input: {
    readonly receipts: {
      readonly messageId: string;
      readonly kind: ReceiptKind;
      readonly upTo: boolean;
      readonly seen?: string;
    }[];
  };
}

/** The answer of `syncReceipts`: one result for each mark, in order. */
export interface SyncReceiptsAnswer {
  readonly results: readonly SyncReceiptResult[];
}

/** How a queue reaches the server. */
export interface MarkSendingOptions {
  /** Runs the mutation. A rejection is the error of the app's GraphQL client, unchanged. */
  readonly send: (
    variables: SyncReceiptsVariables,
  ) => Promise<SyncReceiptsAnswer>;
  /** Runs `markUnread` in the same manner; `queue.markUnread` needs it. */
  readonly sendUnread?:
    ((variables: MarkUnreadVariables) => Promise<MarkUnreadAnswer>) | undefined;
  /** Called from a microtask with marks that were dropped because the server refused them for good. */
  readonly onRefused?: ((refused: readonly RefusedMark[]) => void) | undefined;
}

/** Chooses the marks of each batch, and sends them. */
export interface MarkSending {
  /** @param marks oldest first */
  pick(marks: readonly QueuedMark[]): readonly QueuedMark[];
  /** Sends the receipts of a batch in one request, and beside it each mark as unread. */
  send(batch: readonly QueuedMark[]): Promise<Settlement<QueuedMark>>;
}

export function createMarkSending({
  send,
  sendUnread,
  onRefused,
  timeoutMs,
}: MarkSendingOptions & { readonly timeoutMs: number }): MarkSending {
  const batches = createMarkBatches(onRefused);

  async function sendReceipts(
    batch: readonly ReceiptMark[],
  ): Promise<Settlement<ReceiptMark>> {
    if (batch.length === 0) return {};
    const receipts = batch.map(({ messageId, kind, upTo, seen }) => ({
      messageId,
      kind,
      upTo,
      ...(seen !== undefined && { seen }),
    }));
    try {
      const request = send({ input: { receipts } });
      const { results } = await within(timeoutMs, request);
      return batches.settle(batch, results);
    } catch (error) {
      return batches.settleFailed(batch, failureOf(error));
    }
  }

  return {
    pick(marks) {
      const { receipts, unread } = sendableMarks(marks);
      return [...batches.pick(receipts), ...unread];
    },
    async send(batch) {
      const settlements = await Promise.all<Settlement<QueuedMark>>([
        sendReceipts(batch.filter(isReceipt)),
        ...batch.flatMap((mark) =>
          isReceipt(mark)
            ? []
            : sendUnreadMark(mark, { sendUnread, timeoutMs, onRefused }),
        ),
      ]);
      return {
        done: settlements.flatMap(({ done = [] }) => done),
        dropped: settlements.flatMap(({ dropped = [] }) => dropped),
        failure: settlements.find(({ failure }) => failure)?.failure,
      };
    },
  };
}
