import type { SeqSet } from "../../foundation/seq-set.js";

/**
 * All that the state of others' receipts can depend on in who asks (R20, R3). Viewers of one
 * audience get the same answer.
 */
export interface Audience {
  /** The viewer, where their own reads may show otherwise to them than to others; else null. */
  readonly self: string | null;
  /** Whether the viewer sees others' READ; null where the database is to look it up for `self`. */
  readonly seesReads: boolean | null;
  /** The messages they may see among those concerned; null means every one. */
  readonly visible: SeqSet | null;
}

/** The audience of one user, asked for by themselves. */
export function audienceOf(userId: string): Audience {
  return { self: userId, seesReads: null, visible: null };
}

/** Whoever sees everything: a service token. */
export const everyone: Audience = {
  self: null,
  seesReads: true,
  visible: null,
};
