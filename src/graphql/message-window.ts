import { badInput } from "../foundation/errors.js";
import { checkCount, limits } from "../foundation/limits.js";
import type { Seal } from "../foundation/seal.js";
import { SeqSet } from "../foundation/seq-set.js";
import { decodeListCursor, messageList } from "./list-cursor.js";

const defaultPage = 50;

/** The part of a conversation's messages that a page asks for. */
export interface MessageWindow {
  /** Only messages with a higher sequence number. */
  readonly above: number;
  /** Only messages with a lower sequence number. */
  readonly below: number;
  /** The longest page. */
  readonly limit: number;
  /** Whether the page is the newest messages of the window, rather than the oldest. */
  readonly fromEnd: boolean;
}

/**
 * Reads Relay's paging arguments. Without `first` and `last`, a page is the newest 50 messages, or
 * with `after` the next 50.
 * @throws {AppError} BAD_USER_INPUT where an argument is wrong
 */
export function messageWindow(
  seal: Seal,
  args: {
    readonly first?: number | null | undefined;
    readonly after?: string | null | undefined;
    readonly last?: number | null | undefined;
    readonly before?: string | null | undefined;
  },
): MessageWindow {
  const { first = null, after = null, last = null, before = null } = args;
  if (first !== null && last !== null)
    throw badInput(["last"], "goes without `first`.");
  const fromEnd = last !== null || (first === null && after === null);
  const limit = checkCount(
    [fromEnd ? "last" : "first"],
    (fromEnd ? last : first) ?? defaultPage,
    limits.page,
  );
  return {
    above: after === null ? 0 : seqOf(seal, after, "after"),
    below:
      before === null ? Number.MAX_SAFE_INTEGER : seqOf(seal, before, "before"),
    limit,
    fromEnd,
  };
}

/**
 * Whether there are messages before and after a page. Sequence numbers have no gaps, so the visible
 * set and the newest number decide, without a read.
 * @param seqs the page's sequence numbers, ascending
 * @param visible the sequence numbers that the viewer may see, of messages sent or yet to be sent
 * @param lastSeq the newest message's sequence number, read before the page
 */
export function pageEdges(
  { above, below, fromEnd }: MessageWindow,
  seqs: readonly number[],
  visible: SeqSet,
  lastSeq: number,
): { hasPreviousPage: boolean; hasNextPage: boolean } {
  // The page may hold messages that were sent after `lastSeq` was read.
  const newest = Math.max(lastSeq, seqs.at(-1) ?? 0);
  const sent = visible.intersect(SeqSet.span(1, newest));
  // An empty page stands at the end of the window from which the page was counted.
  const first = seqs[0] ?? (fromEnd ? below : above + 1);
  const last = seqs.at(-1) ?? (fromEnd ? below - 1 : above);
  return {
    hasPreviousPage: !sent.intersect(SeqSet.span(1, first - 1)).isEmpty,
    hasNextPage: !sent.intersect(SeqSet.span(last + 1, Infinity)).isEmpty,
  };
}

function seqOf(seal: Seal, cursor: string, argument: string): number {
  const [, seq] = decodeListCursor(seal, messageList, cursor, argument);
  return seq;
}
