import type { ParticipantRow } from "../conversations/participant.js";
import { SeqSet } from "../../foundation/seq-set.js";
import type { ReceiptKind, RecipientState } from "./receipt.js";

// R20, all of it: who sees whose reads. Its mirror in SQL is `privacy-fragments.ts`, and `shownReads` of
// `conversations/fragments.ts`; `test/privacy-rules.test.ts` compares the functions with the SQL.

/** The viewer of one recipient's receipts. */
export interface Onlooker {
  /** Whether the viewer is the recipient. */
  readonly isSelf: boolean;
  /** Whether the viewer sees others' reads: {@link seesOthersReads}. */
  readonly seesReads: boolean;
}

/** What is stored of one message at one recipient. */
export interface StoredState {
  readonly isDelivered: boolean;
  readonly isRead: boolean;
  /** Whether the read shows to the recipient alone. */
  readonly isHidden: boolean;
}

/** Whether a user sees others' reads: users who hide their own reads do not. */
export function seesOthersReads(user: {
  readonly readReceipts: boolean;
}): boolean {
  return user.readReceipts;
}

/** The messages that a mark hides, of those that it adds for a user who shows or hides what they read. */
export function hiddenByMark(
  kind: ReceiptKind,
  added: SeqSet,
  { readReceipts }: { readonly readReceipts: boolean },
): SeqSet {
  switch (kind) {
    case "DELIVERED":
      return SeqSet.empty;
    case "READ":
      return readReceipts ? SeqSet.empty : added;
  }
}

/** Whether a read shows to a viewer as a read. */
function showsRead(isHidden: boolean, onlooker: Onlooker): boolean {
  return onlooker.isSelf || (onlooker.seesReads && !isHidden);
}

/** The state of a recipient that a viewer sees. A read that does not show is a delivery. */
export function shownState(
  { isDelivered, isRead, isHidden }: StoredState,
  onlooker: Onlooker,
): RecipientState {
  if (isRead && showsRead(isHidden, onlooker)) return "READ";
  return isDelivered ? "DELIVERED" : "PENDING";
}

/**
 * The kind of receipt that a viewer sees in a row of the receipt log; null where the row shows
 * nothing. A read that does not show is a delivery where no delivery was reported before it.
 */
export function shownKind(
  receipt: {
    readonly kind: ReceiptKind;
    readonly isHidden: boolean;
    readonly isDelivery: boolean;
  },
  onlooker: Onlooker,
): ReceiptKind | null {
  switch (receipt.kind) {
    case "DELIVERED":
      return "DELIVERED";
    case "READ":
      if (showsRead(receipt.isHidden, onlooker)) return "READ";
      return receipt.isDelivery ? "DELIVERED" : null;
  }
}

/** The participant's `readUpToSeq` that a viewer sees; null where the viewer sees no reads of others. */
export function shownReadUpToSeq(
  participant: Pick<ParticipantRow, "readUpToSeq" | "shownReadUpToSeq">,
  { isSelf, seesReads }: Onlooker,
): number | null {
  if (isSelf) return participant.readUpToSeq;
  return seesReads ? participant.shownReadUpToSeq : null;
}

/**
 * Whether receipts show to a participant as they show to everyone else: they see others' reads, and
 * none of their own is hidden. The results of two such viewers may be shared.
 */
export function seesAsOthersDo(participant: {
  readonly hasHidden: boolean;
  readonly readReceipts: boolean;
}): boolean {
  return !participant.hasHidden && seesOthersReads(participant);
}
