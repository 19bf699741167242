import {
  fewestCounted,
  type ReceiptPolicy,
} from "../conversations/receipt-policy.js";
import type { MessageRef } from "../messages/message-id.js";
import type { OverallStatus, RecipientState } from "./receipt.js";

/** How many recipients there are, how many of them have the message, and how many have read it. */
export interface Counts {
  readonly total: number;
  /** Recipients who have the message, those who have read it included. */
  readonly delivered: number;
  readonly read: number;
}

/** The counts of a message's recipients as one audience sees them. */
export interface StatusCounts extends Counts {
  /** The policy that the message was sent under. */
  readonly policy: ReceiptPolicy;
  /** The counts of the recipients that the audience may list (R42). */
  readonly listed: Counts;
}

const nobody: Counts = { total: 0, delivered: 0, read: 0 };
/** Of one recipient who has marked nothing. */
export const unmarked: Counts = { total: 1, delivered: 0, read: 0 };

/** The counts of a message and its policy, as they are read for a viewer. */
export interface CountsRead {
  readonly policy: ReceiptPolicy;
  /** Of all recipients; of none under OFF. */
  readonly all: Counts;
  /** Of the viewer's own entry alone; null under FULL, and where the viewer is no recipient. */
  readonly own: Counts | null;
}

/** What a policy leaves of the counts of a message (R42, R43). */
export function countsUnder({ policy, all, own }: CountsRead): StatusCounts {
  const listed = policy === "FULL" ? all : (own ?? nobody);
  const isCounted = policy === "COUNTS" && all.total >= fewestCounted;
  return { ...(isCounted ? all : listed), policy, listed };
}

/** A recipient of a message, as one audience sees them. Times are Postgres timestamps as text. */
export interface RecipientRow extends MessageRef {
  readonly userId: string;
  readonly state: RecipientState;
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
}

/** The aggregate status (R11). A message without recipients stays SENT (R5). */
export function overallStatus({
  total,
  delivered,
  read,
}: Counts): OverallStatus {
  if (total === 0 || delivered === 0) return "SENT";
  if (read === total) return "READ";
  return delivered === total ? "DELIVERED" : "PARTIAL";
}

/** The aggregate in words (R12). */
export function summaryText({ total, delivered, read }: Counts): string {
  if (total <= 1) {
    if (read > 0) return "Read";
    return delivered > 0 ? "Delivered" : "Sent";
  }
  if (read === total) return "Read by all";
  if (read > 0) return `Read by ${read} of ${total}`;
  if (delivered === total) return "Delivered to all";
  return delivered > 0 ? `Delivered to ${delivered} of ${total}` : "Sent";
}

/** The number of recipients who are in exactly this state; of all recipients for null. */
export function countIn(
  { total, delivered, read }: Counts,
  state: RecipientState | null,
): number {
  switch (state) {
    case null:
      return total;
    case "PENDING":
      return total - delivered;
    case "DELIVERED":
      return delivered - read;
    case "READ":
      return read;
  }
}

/** A recipient's state in words. */
export function statusText(state: RecipientState): string {
  switch (state) {
    case "PENDING":
      return "Pending";
    case "DELIVERED":
      return "Delivered";
    case "READ":
      return "Read";
  }
}
