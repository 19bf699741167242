/** Who in which conversation. */
export interface Membership {
  readonly conversationId: string;
  readonly userId: string;
}

/** The same text for the same user and conversation. */
export function membershipKey({ conversationId, userId }: Membership): string {
  return `${conversationId}\0${userId}`;
}

/** What a participant is there. The schema's `ParticipantRole` is this type. */
export type ParticipantRole = "OWNER" | "MEMBER";

/** A stored participant. Times are Postgres timestamps as text. */
export interface ParticipantRow extends Membership {
  readonly role: ParticipantRole;
  readonly isActive: boolean;
  readonly joinedAt: string;
  /** R15, of all they have. */
  readonly deliveredUpToSeq: number;
  /** R15, of all they have read. */
  readonly readUpToSeq: number;
  /** R15, of what others see as read (R20). */
  readonly shownReadUpToSeq: number;
}
