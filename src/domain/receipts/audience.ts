import type { SeqSet } from "../../foundation/seq-set.js";

/**
 * The part of a viewer that the state of receipts can depend on (R20, R3). Viewers of one audience
 * get the same answer.
 */
export interface Audience {
  /** The viewer's user id, where their own reads may show to them in another way than to others; else null. */
  readonly self: string | null;
  /** Whether the viewer sees others' reads; null where the database is to look that up for `self`. */
  readonly seesReads: boolean | null;
  /** The messages that the viewer may see among those concerned; null for all of them. */
  readonly visible: SeqSet | null;
  /**
   * Whether the viewer is a recipient to whom a message comes as it was sent: of one whose recipients are told of
   * themselves alone (R42), they see that it has one recipient, who does not have it yet.
   */
  readonly isNewRecipient?: boolean;
  /** A user who may see of the conversation what the viewer may (R3); null or absent where that is all of it. */
  readonly seer?: string | null;
}

/** The audience of one user alone. */
export function audienceOf(userId: string): Audience {
  return { self: userId, seesReads: null, visible: null, seer: userId };
}

/** The audience of service tokens, which see everything. */
export const everyone: Audience = {
  self: null,
  seesReads: true,
  visible: null,
};
