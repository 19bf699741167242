import type { SeqSet } from "../../foundation/seq-set.js";

/**
 * What others are shown of the receipts of a message: who and when, counts alone, or nothing (R42). The
 * schema's `ReceiptPolicy` is this type. Its SQL is in `policy-fragments.ts`.
 */
export type ReceiptPolicy = "FULL" | "COUNTS" | "OFF";

/** The messages of a conversation that were not sent under FULL, by the policy that they were sent under. */
export interface Policies {
  readonly underCounts: SeqSet;
  readonly underOff: SeqSet;
  /** Of the messages under COUNTS, those with so many recipients that a count is no name (R43). */
  readonly counted: SeqSet;
}

/** Under COUNTS a message with fewer recipients is treated as under OFF: a count of one is a name (R43). */
export const fewestCounted = 3;
