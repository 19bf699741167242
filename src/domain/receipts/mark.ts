import { SeqSet } from "../../foundation/seq-set.js";
import { membershipKey } from "../conversations/participant.js";
import type { MessageRef } from "../messages/message-id.js";
import type { ReceiptKind } from "./receipt.js";

/** One acknowledgement by one user: of one message, or of every message up to it. */
export interface Mark extends MessageRef {
  readonly userId: string;
  readonly kind: ReceiptKind;
  readonly covers: SeqSet;
  /**
   * The version of the conversation that the device had seen: flags that are newer stand (R32). Null where it does not
   * say: a READ then takes off all that it covers.
   */
  readonly seen?: number | null;
  /** When the named message was sent, in milliseconds since the epoch; null where its number alone is meant. */
  readonly sentMs: number | null;
}

/**
 * What a mark that was passed over waits for: its conversation, which another transaction has locked,
 * or its participant, who is locked alone or has large sets.
 */
export type Apart = "conversation" | "participant";

/** The outcome of a mark. */
export interface MarkOutcome {
  /** Null for a mark that was applied or refused; else nothing was done, and nothing else here holds. */
  readonly apart: Apart | null;
  /** False where the message does not exist, or the user may not see it. */
  readonly found: boolean;
  /** Whether the mark gave its status to a message that was for the user. */
  readonly changed: boolean;
  /** Whether the batch has made a version of the conversation: by a receipt, or by flags that were taken off (R32). */
  readonly moved: boolean;
  /** The conversation's version after the mark. */
  readonly version: number;
  readonly lastSeq: number;
  /** The transaction that made the version. */
  readonly xid: number;
  /** When the version was made, in milliseconds since the epoch. */
  readonly changedMs: number;
  /** What the statement saw: a `pg_snapshot` as text. */
  readonly snapshot: string;
}

/** The messages that earlier marks of a batch by one user cover. */
interface Covered {
  readonly delivered: SeqSet;
  readonly read: SeqSet;
}

/**
 * The messages that each mark of a batch covers and no earlier mark by the same user does, so that
 * of identical marks one alone changes anything (R9). What is read is delivered (R6), so a READ
 * leaves nothing for a later DELIVERED.
 */
export function disjointSpans(marks: readonly Mark[]): SeqSet[] {
  const byUser = new Map<string, Covered>();
  return marks.map((mark) => {
    const key = membershipKey(mark);
    const before = byUser.get(key);
    byUser.set(key, cover(before, mark));
    return before
      ? mark.covers.subtract(alreadyMarked(before, mark))
      : mark.covers;
  });
}

/** The messages that a user's marks cover, one more mark included. */
function cover(before: Covered | undefined, { kind, covers }: Mark): Covered {
  const delivered = before ? before.delivered.union(covers) : covers;
  switch (kind) {
    case "DELIVERED":
      return { delivered, read: before?.read ?? SeqSet.empty };
    case "READ":
      return { delivered, read: before ? before.read.union(covers) : covers };
  }
}

/** The messages for which a mark is superfluous after others. */
function alreadyMarked({ delivered, read }: Covered, { kind }: Mark): SeqSet {
  switch (kind) {
    case "DELIVERED":
      return delivered;
    case "READ":
      return read;
  }
}
