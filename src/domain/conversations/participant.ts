import { badInput } from "../../foundation/errors.js";
import { checkId, limits } from "../../foundation/limits.js";

/** A user in a conversation, whether they ever were in it or not. */
export interface Membership {
  readonly conversationId: string;
  readonly userId: string;
}

/** A participant as one viewer sees them. */
export interface SeenMembership extends Membership {
  /** The viewer; null or absent where they may see every message. */
  readonly seer?: string | null;
}

/** The same text for the same user and conversation. No id holds a NUL, so no two keys are the same text. */
export function membershipKey({ conversationId, userId }: Membership): string {
  return `${conversationId}\0${userId}`;
}

/** The same text for the same participant as the same viewer sees them. */
export function seenMembershipKey({ seer, ...key }: SeenMembership): string {
  return `${membershipKey(key)}\0${seer ?? ""}`;
}

/** The role of a participant in a conversation. The schema's `ParticipantRole` is this type. */
export type ParticipantRole = "OWNER" | "MEMBER";

/** Whether a participant is a recipient of messages, or an observer (R39). The schema's `Participation` is this type. */
export type Participation = "RECIPIENT" | "OBSERVER";

/** Whether a participant may remove another, say who is a recipient, and change title and receipt policy. */
export function mayManage(role: ParticipantRole): boolean {
  switch (role) {
    case "OWNER":
      return true;
    case "MEMBER":
      return false;
  }
}

/** A stored participant. Times are Postgres timestamps as text. */
export interface ParticipantRow extends Membership {
  readonly role: ParticipantRole;
  /** Whether the participant is present. */
  readonly isActive: boolean;
  readonly isObserver: boolean;
  readonly joinedAt: string;
  /** R15, by everything that was delivered to them, of what the viewer may see (R3). So are the next ones. */
  readonly deliveredUpToSeq: number;
  /** R15, by what others see as delivered (R39, R42); null where that is the same. */
  readonly shownDeliveredUpToSeq: number | null;
  /** R15, by everything that they have read. */
  readonly readUpToSeq: number;
  /** R15, by what others see as read (R20, R39, R42); null where they are told of nobody's reads. */
  readonly shownReadUpToSeq: number | null;
}

/**
 * Checks the users who are to be participants.
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkUserIds(
  path: readonly (string | number)[],
  userIds: readonly string[],
): void {
  checkParticipantCount(path, new Set(userIds).size);
  userIds.forEach((id, i) => checkId([...path, i], id));
}

/**
 * Checks how many participants a conversation would have (R29).
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkParticipantCount(
  path: readonly (string | number)[],
  count: number,
): void {
  if (count > limits.participants)
    throw badInput(
      path,
      `a conversation has at most ${limits.participants} participants.`,
    );
}
