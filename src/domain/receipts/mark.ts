import { membershipKey } from "../conversations/participant.js";
import type { ReceiptKind } from "./receipt.js";
import type { MessageRef } from "../messages/message-id.js";
import { SeqSet } from "../../foundation/seq-set.js";

/** One acknowledgement by one user: of one message, or of every message up to it. */
export interface Mark extends MessageRef {
  readonly userId: string;
  readonly kind: ReceiptKind;
  readonly covers: SeqSet;
  /** When the named message was sent, in milliseconds since the epoch; null where its number alone is meant. */
  readonly sentMs: number | null;
}

/**
 * What each mark of a batch covers that no earlier one by the same user does, so that of identical
 * marks one alone changes anything (R9). What is read is delivered (R6), so a READ leaves nothing
 * for a later DELIVERED.
 */
export function disjointSpans(marks: readonly Mark[]): SeqSet[] {
  const covered = new Map<string, { read: SeqSet; delivered: SeqSet }>();
  return marks.map(({ conversationId, userId, kind, covers }) => {
    const key = membershipKey({ conversationId, userId });
    const before = covered.get(key);
    if (!before) {
      const read = kind === "READ" ? covers : SeqSet.empty;
      covered.set(key, { read, delivered: covers });
      return covers;
    }
    covered.set(key, {
      read: kind === "READ" ? before.read.union(covers) : before.read,
      delivered: before.delivered.union(covers),
    });
    return covers.subtract(kind === "READ" ? before.read : before.delivered);
  });
}
