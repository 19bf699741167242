import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import {
  perConversation,
  preparePerConversation,
} from "../../db/per-conversation.js";
import { rowOf } from "../../db/prepare.js";
import { isSilent } from "../conversations/unread-fragments.js";
import type { MessageRef } from "../messages/message-id.js";

/** A message, and the user who looks at it; null where nobody in particular does. */
export interface LookedAtMessage extends MessageRef {
  readonly userId: string | null;
}

/** What a message is to a user. */
export interface MessageForUser extends LookedAtMessage {
  /** R35. */
  readonly isSilent: boolean;
  /** R36. */
  readonly isMention: boolean;
  /** R34. */
  readonly isUnread: boolean;
}

/** Messages, each with what it is to a user; no row for a message that does not exist. */
const forUsers = perConversation({
  name: "messages_for_users",
  parameters: { seqs: "int8[]", userIds: "text?[]" },
  row: rowOf<MessageForUser>({
    conversationId: "text",
    seq: "int4",
    userId: "text?",
    isSilent: "bool",
    isMention: "bool",
    isUnread: "bool",
  }),
  text: ({ items, key }, { seqs, userIds }) => sql`
    select asked.conversation_id as "conversationId", message.seq, asked.user_id as "userId",
      silent.is_silent as "isSilent",
      (coalesce(own.is_for_them and not own.has_observed, false) and exists (
        select from mentions mention
        where mention.conversation_key = ${key(sql`message.conversation_key`)}
          and mention.user_id in (asked.user_id, '') and mention.seq = message.seq
      )) as "isMention",
      (coalesce(own.is_for_them and not own.has_read, false) and message.deleted_at is null and not silent.is_silent)
        as "isUnread"
    from ${items(sql`asked`, { seq: seqs, user_id: userIds })}
    join messages message
      on message.conversation_key = ${key(sql`asked.conversation_key`)} and message.seq = asked.seq
        and message.conversation_id = asked.conversation_id
    cross join lateral (
      select ${isSilent(key(sql`message.conversation_key`), sql`message.seq`)} as is_silent offset 0
    ) silent
    left join lateral (
      select participant.member @> message.seq::int8 and participant.user_id <> message.sender_id as is_for_them,
        participant.is_observer or participant.observed @> message.seq::int8 as has_observed,
        participant.read @> message.seq::int8 and not coalesce(participant.flagged @> message.seq::int8, false) as has_read
      from participants participant
      where participant.conversation_key = ${key(sql`message.conversation_key`)} and participant.user_id = asked.user_id
        and participant.left_at is null
      offset 0
    ) own on true`,
});

/** Reads messages for users, in any order; no row for a message that does not exist. */
export type ReadMessagesForUsers = (
  keys: readonly LookedAtMessage[],
) => Promise<readonly MessageForUser[]>;

/** Prepares the statement that reads messages for users. */
export function messagesForUsers(db: Db): ReadMessagesForUsers {
  const run = preparePerConversation(db, forUsers);
  return (keys) =>
    run(
      keys.map((key) => key.conversationId),
      {
        seqs: keys.map((key) => key.seq),
        userIds: keys.map((key) => key.userId),
      },
    );
}
