import type { ParticipantRow } from "../conversations/participant.js";
import { SeqSet } from "../../foundation/seq-set.js";
import type { ReceiptKind, RecipientState } from "./receipt.js";

// R20 and R39: who sees whose receipts. Its mirror in SQL is `privacy-fragments.ts`, and `shownReads` of
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
  /** Whether the delivery shows to the recipient alone: an observer marked it (R39). */
  readonly isWithheld: boolean;
  readonly isRead: boolean;
  /** Whether the read shows to the recipient alone. */
  readonly isHidden: boolean;
}

/** Who marks, as far as it matters to what others are told of it. */
export interface Marking {
  readonly readReceipts: boolean;
  readonly isObserver: boolean;
}

/** Whether a user sees others' reads: users who hide their own reads do not. */
export function seesOthersReads(user: {
  readonly readReceipts: boolean;
}): boolean {
  return user.readReceipts;
}

/** The messages that a mark hides as read, of those that it adds: of users who hide what they read, and of observers. */
export function hiddenByMark(
  kind: ReceiptKind,
  added: SeqSet,
  { readReceipts, isObserver }: Marking,
): SeqSet {
  switch (kind) {
    case "DELIVERED":
      return SeqSet.empty;
    case "READ":
      return readReceipts && !isObserver ? SeqSet.empty : added;
  }
}

/** The messages that a mark of whichever kind withholds as delivered, of those that it adds as such. */
export function withheldByMark(
  added: SeqSet,
  { isObserver }: Pick<Marking, "isObserver">,
): SeqSet {
  return isObserver ? added : SeqSet.empty;
}

/** Whether a read shows to a viewer as a read. */
function showsRead(isHidden: boolean, onlooker: Onlooker): boolean {
  return onlooker.isSelf || (onlooker.seesReads && !isHidden);
}

/** The state of a recipient that a viewer sees. A read that does not show is a delivery, where that shows. */
export function shownState(
  { isDelivered, isWithheld, isRead, isHidden }: StoredState,
  onlooker: Onlooker,
): RecipientState {
  if (isRead && showsRead(isHidden, onlooker)) return "READ";
  const showsDelivery = onlooker.isSelf || !isWithheld;
  return isDelivered && showsDelivery ? "DELIVERED" : "PENDING";
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
      // Deliveries are hidden where an observer marks (R39).
      return onlooker.isSelf || !receipt.isHidden ? "DELIVERED" : null;
    case "READ":
      if (showsRead(receipt.isHidden, onlooker)) return "READ";
      return receipt.isDelivery ? "DELIVERED" : null;
  }
}

/** The participant's `deliveredUpToSeq` that a viewer sees. */
export function shownDeliveredUpToSeq(
  participant: Pick<
    ParticipantRow,
    "deliveredUpToSeq" | "shownDeliveredUpToSeq"
  >,
  { isSelf }: Pick<Onlooker, "isSelf">,
): number {
  const { deliveredUpToSeq, shownDeliveredUpToSeq } = participant;
  return isSelf
    ? deliveredUpToSeq
    : (shownDeliveredUpToSeq ?? deliveredUpToSeq);
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
  /** Whether some of their receipts show to them alone, or would. */
  readonly hasHidden: boolean;
  readonly readReceipts: boolean;
}): boolean {
  return !participant.hasHidden && seesOthersReads(participant);
}
