import { sql } from "drizzle-orm";
import type { Membership } from "../domain/conversations/participant.js";
import type { Db } from "../db/connect.js";
import { prepare } from "../db/prepare.js";

/** What a stream must know of a subscriber in a conversation, and where that stands. */
export interface MemberRow extends Membership {
  /** A present participant. */
  readonly isActive: boolean;
  /** What they may see, as a multirange. */
  readonly member: string;
  /** Whether some of their reads here show to them alone (R20). */
  readonly hasHidden: boolean;
  readonly readReceipts: boolean;
  readonly version: number;
  readonly lastSeq: number;
}

/** A conversation that a user is in, and where it stands. */
export interface UserConversation {
  readonly userId: string;
  readonly conversationId: string;
  readonly version: number;
  readonly lastSeq: number;
}

/** Participants, present or not; no row where there never was one. */
function membersStatement(db: Db) {
  return prepare<{ conversationIds: string[]; userIds: string[] }, MemberRow>(
    db,
    "stream_members",
    sql`
  select p.conversation_id as "conversationId", p.user_id as "userId", p.left_at is null as "isActive",
    p.member::text as member, p.hidden <> '{}' as "hasHidden", u.read_receipts as "readReceipts",
    c.version, c.last_seq as "lastSeq"
  from unnest(${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("userIds")}::text[])
    as i (conversation_id, user_id)
  join participants p using (conversation_id, user_id)
  join conversations c on c.id = p.conversation_id
  join users u on u.id = p.user_id`,
  );
}

function conversationsOfStatement(db: Db) {
  return prepare<{ userIds: string[] }, UserConversation>(
    db,
    "conversations_of",
    sql`
  select p.user_id as "userId", c.id as "conversationId", c.version, c.last_seq as "lastSeq"
  from participants p join conversations c on c.id = p.conversation_id
  where p.user_id = any(${sql.placeholder("userIds")}::text[]) and p.left_at is null`,
  );
}

export type RightsQueries = ReturnType<typeof rightsQueries>;

/** The statements by which streams check rights. */
export function rightsQueries(db: Db) {
  const members = membersStatement(db);
  const conversationsOf = conversationsOfStatement(db);
  return {
    members: (keys: readonly Membership[]) =>
      members({
        conversationIds: keys.map((key) => key.conversationId),
        userIds: keys.map((key) => key.userId),
      }),
    conversationsOf: (userIds: readonly string[]) =>
      conversationsOf({ userIds: [...userIds] }),
  };
}
