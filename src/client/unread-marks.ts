import { failureOf, isPassing } from "./failure.js";
import type { MarkSendingOptions } from "./mark-sending.js";
import type { QueuedMark, ReceiptMark, UnreadMark } from "./marks.js";
import type { Settlement } from "./send-loop.js";
import { within } from "./within.js";

/** How many conversations are marked as unread at once. */
const maxAtOnce = 4;

/** The variables of `mutation ($input: MarkUnreadInput!) { markUnread(input: $input) { cursor } }`. */
export interface MarkUnreadVariables {
  readonly input: {
    readonly conversationId: string;
    readonly fromMessageId: string;
  };
}

/** The answer of `markUnread`. */
export interface MarkUnreadAnswer {
  readonly cursor: string;
}

/** The marks that may be sent now. */
export interface SendableMarks {
  readonly receipts: readonly ReceiptMark[];
  readonly unread: readonly UnreadMark[];
}

/** Whether a mark is a receipt. */
export function isReceipt(mark: QueuedMark): mark is ReceiptMark {
  return mark.kind !== "UNREAD";
}

/**
 * The marks that may be sent now. What a user does in one conversation is sent in its order: receipts
 * up to the first mark as unread, then that mark alone, then what came after it.
 * @param marks oldest first
 */
export function sendableMarks(marks: readonly QueuedMark[]): SendableMarks {
  const receipts: ReceiptMark[] = [];
  const unread: UnreadMark[] = [];
  const begun = new Set<string>();
  const closed = new Set<string>();
  for (const mark of marks) {
    const { conversationId } = mark;
    if (closed.has(conversationId)) continue;
    if (isReceipt(mark)) receipts.push(mark);
    else {
      closed.add(conversationId);
      if (!begun.has(conversationId)) unread.push(mark);
    }
    begun.add(conversationId);
  }
  return { receipts, unread: unread.slice(0, maxAtOnce) };
}

/** Sends one mark as unread. Once it is acknowledged it carries the answer's cursor. */
export async function sendUnreadMark(
  mark: UnreadMark,
  {
    sendUnread,
    timeoutMs,
    onRefused,
  }: Pick<MarkSendingOptions, "sendUnread" | "onRefused"> & {
    readonly timeoutMs: number;
  },
): Promise<Settlement<UnreadMark>> {
  // An earlier page of an app that could send it has left it.
  if (!sendUnread) return { dropped: [mark] };
  const { conversationId, messageId: fromMessageId } = mark;
  try {
    const request = sendUnread({ input: { conversationId, fromMessageId } });
    const { cursor } = await within(timeoutMs, request);
    return { done: [{ ...mark, cursor }] };
  } catch (error) {
    const failure = failureOf(error);
    const { code } = failure;
    if (isPassing(failure) || code === "INTERNAL_SERVER_ERROR")
      return { failure };
    queueMicrotask(() => onRefused?.([{ mark, code }]));
    return { dropped: [mark] };
  }
}
