/** Who in which conversation. */
export interface Membership {
  readonly conversationId: string;
  readonly userId: string;
}

/** The same text for the same user and conversation. */
export function membershipKey({ conversationId, userId }: Membership): string {
  return `${conversationId}\0${userId}`;
}

/** A stored participant. Times are Postgres timestamps as text. */
export interface ParticipantRow extends Membership {
  readonly role: "OWNER" | "MEMBER";
  readonly isActive: boolean;
  readonly joinedAt: string;
  /** R15, of all they have. */
  readonly deliveredUpToSeq: number;
  /** R15, of all they have read. */
  readonly readUpToSeq: number;
  /** R15, of what others see as read (R20). */
  readonly shownReadUpToSeq: number;
}

/** What the resolvers of `Participant` start from. */
export interface ParticipantModel extends Membership {
  readonly row?: ParticipantRow;
}
