import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { prepare } from "../db/prepare.js";

/** What a stream must know of a subscriber in a conversation. */
export interface MemberRow {
  readonly userId: string;
  /** A present participant. */
  readonly isActive: boolean;
  /** What they may see, as a multirange. */
  readonly member: string;
  /** Whether some of their reads here show to them alone (R20). */
  readonly hasHidden: boolean;
  readonly readReceipts: boolean;
}

/** A conversation that a user is in, and where it stands. */
export interface UserConversation {
  readonly userId: string;
  readonly conversationId: string;
  readonly version: number;
  readonly lastSeq: number;
}

export type MemberQueries = ReturnType<typeof memberQueries>;

/** The statements by which streams check rights. */
export function memberQueries(db: Db) {
  const members = prepare<
    { conversationId: string; userIds: string[] },
    MemberRow
  >(
    db,
    "stream_members",
    sql`
    select p.user_id as "userId", p.left_at is null as "isActive", p.member::text as member,
      p.hidden <> '{}' as "hasHidden", u.read_receipts as "readReceipts"
    from participants p join users u on u.id = p.user_id
    where p.conversation_id = ${sql.placeholder("conversationId")}
      and p.user_id = any(${sql.placeholder("userIds")}::text[])`,
  );

  const conversationsOf = prepare<{ userIds: string[] }, UserConversation>(
    db,
    "conversations_of",
    sql`
    select p.user_id as "userId", c.id as "conversationId", c.version, c.last_seq as "lastSeq"
    from participants p join conversations c on c.id = p.conversation_id
    where p.user_id = any(${sql.placeholder("userIds")}::text[]) and p.left_at is null`,
  );

  return {
    members: (conversationId: string, userIds: readonly string[]) =>
      members({ conversationId, userIds: [...userIds] }),
    conversationsOf: (userIds: readonly string[]) =>
      conversationsOf({ userIds: [...userIds] }),
  };
}
