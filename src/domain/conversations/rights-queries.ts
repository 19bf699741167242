import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import {
  perConversation,
  preparePerConversation,
} from "../../db/per-conversation.js";
import { rowOf } from "../../db/prepare.js";
import type { Membership } from "./participant.js";
import type { Position } from "./position.js";

/** What a user may see of a conversation, and where its stream stands. */
export interface RightsRow extends Membership, Position {
  /** Whether the user is a present participant. */
  readonly isActive: boolean;
  /** The messages that the user may see (R3), as a multirange. */
  readonly visible: string;
  /** Whether some of the user's receipts here show to the user alone (R20), or would, of what they observed (R39). */
  readonly hasHidden: boolean;
  /** Whether others may see what the user reads from now on (R20). */
  readonly readReceipts: boolean;
}

/** What users may see of conversations; no row for a user who never was in the conversation. */
const rights = perConversation({
  name: "stream_members",
  parameters: { userIds: "text[]" },
  row: rowOf<RightsRow>({
    conversationId: "text",
    userId: "text",
    isActive: "bool",
    visible: "text",
    hasHidden: "bool",
    readReceipts: "bool",
    version: "int8",
    lastSeq: "int4",
  }),
  text: ({ items, key }, { userIds }) => sql`
    select participant.conversation_id as "conversationId", participant.user_id as "userId",
      participant.left_at is null as "isActive", participant.member::text as visible,
      participant.hidden <> '{}' or participant.withheld <> '{}' or participant.observed <> '{}' as "hasHidden", users.read_receipts as "readReceipts",
      conversation.version, conversation.last_seq as "lastSeq"
    from ${items(sql`asked`, { user_id: userIds })}
    join participants participant
      on participant.conversation_key = ${key(sql`asked.conversation_key`)} and participant.user_id = asked.user_id
    join conversations conversation
      on conversation.key = ${key(sql`participant.conversation_key`)} and conversation.id = asked.conversation_id
    join users on users.id = participant.user_id`,
});

/** The statement that reads rights. */
export interface RightsQueries {
  /** What users may see of conversations, in any order; no row for a user who never was in the conversation. */
  rights(keys: readonly Membership[]): Promise<readonly RightsRow[]>;
}

/** Prepares the statement that reads rights. */
export function rightsQueries(db: Db): RightsQueries {
  const run = preparePerConversation(db, rights);
  return {
    rights: (keys) =>
      run(
        keys.map((key) => key.conversationId),
        { userIds: keys.map((key) => key.userId) },
      ),
  };
}
