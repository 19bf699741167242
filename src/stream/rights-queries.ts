import { sql } from "drizzle-orm";
import {
  rightsQueries,
  type RightsRow,
} from "../domain/conversations/rights-queries.js";
import type { Db } from "../db/connect.js";
import { prepare } from "../db/prepare.js";

/** What a stream must know of a subscriber in a conversation, and where that stands. */
export type MemberRow = RightsRow;

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
  const conversationsOf = prepare<{ userIds: string[] }, UserConversation>(
    db,
    "conversations_of",
    sql`
    select p.user_id as "userId", c.id as "conversationId", c.version, c.last_seq as "lastSeq"
    from participants p join conversations c on c.id = p.conversation_id
    where p.user_id = any(${sql.placeholder("userIds")}::text[]) and p.left_at is null`,
  );

  return {
    members: rightsQueries(db).rights,
    conversationsOf: (userIds: readonly string[]) =>
      conversationsOf({ userIds: [...userIds] }),
  };
}
