import { sql, type SQL } from "drizzle-orm";
import { millisecondsOf } from "../../db/fragments.js";
import type { KeyOf } from "../../db/per-conversation.js";
import { rowOf } from "../../db/prepare.js";
import { messageJson, ownMessagesIn } from "../messages/fragments.js";
import type { ConversationRow, ViewedConversation } from "./conversation.js";
import type { ParticipantRow } from "./participant.js";

/**
 * Of a set of messages, those up to a sequence number. Of the open-ended set of what a present
 * participant may see it leaves what was sent so far.
 * @param set an expression for an `int8multirange`
 * @param lastSeq an expression for the highest sequence number
 */
export function upTo(set: SQL, lastSeq: SQL): SQL {
  return sql`(${set} * int8multirange(int8range(1, ${lastSeq} + 1)))`;
}

/**
 * The messages that were sent while a participant was in the conversation (R3).
 * @param participant an alias of `participants`
 * @param conversation an alias of `conversations`
 */
function sentWhileMember(participant: SQL, conversation: SQL): SQL {
  return upTo(sql`${participant}.member`, sql`${conversation}.last_seq`);
}

/**
 * What others see as read of the messages that a participant has read (R20).
 * `receipts/privacy.ts` has the rule.
 * @param participant an alias of `participants`
 */
export function shownReads(participant: SQL): SQL {
  return sql`(${participant}.read - ${participant}.hidden)`;
}

/** The columns of {@link ConversationRow} as {@link conversationFields} selects them. */
export const conversationRow = rowOf<ConversationRow>({
  id: "text",
  title: "text?",
  version: "int8",
  lastSeq: "int4",
  createdAt: "timestamptz",
  activeAt: "timestamptz",
  xid: "int8",
  changedMs: "int8",
  snapshot: "text",
});

/**
 * Selects the fields of {@link ConversationRow}.
 * @param conversation an alias of `conversations`
 */
export function conversationFields(conversation: SQL): SQL {
  return sql`
  ${conversation}.id, ${conversation}.title, ${conversation}.version, ${conversation}.last_seq as "lastSeq",
  ${conversation}.created_at as "createdAt", ${conversation}.active_at as "activeAt",
  ${conversation}.changed_xid as xid, ${millisecondsOf(sql`${conversation}.changed_at`)} as "changedMs",
  pg_current_snapshot()::text as snapshot`;
}

/**
 * How many messages a participant has not read (R14). Each gap in what they have read, and each of their
 * stays, takes two index probes where they have sent anything, and one where anything was deleted: with
 * neither 0.5 ms for 1,000 stays, with both 3 ms.
 * @param participant an alias of `participants`
 * @param conversation an alias of `conversations`
 * @param key what keys are compared with
 */
export function unreadCount(
  participant: SQL,
  conversation: SQL,
  key: KeyOf,
): SQL {
  const conversationKey = key(sql`${participant}.conversation_key`);
  return sql`(
  select coalesce(sum(
    upper(unread) - lower(unread)
    - case when ${participant}.sent_count = 0 then 0
      else ${ownMessagesIn(conversationKey, sql`${participant}.number`, sql`unread`)} end
    - case when not deletions.has_any then 0
      else (select count(*) from messages gone
       where gone.conversation_key = ${conversationKey} and gone.deleted_at is not null
         and gone.seq >= lower(unread) and gone.seq < upper(unread) and gone.sender_id <> ${participant}.user_id) end
  ), 0)
  from unnest(${sentWhileMember(participant, conversation)} - ${participant}.read) unread
  -- without the offset it would be asked for each run
  cross join (select exists (
    select from messages gone
    where gone.conversation_key = ${conversationKey} and gone.deleted_at is not null
  ) as has_any offset 0) deletions)`;
}

/**
 * The newest message that a participant may see, as JSON.
 * @param participant an alias of `participants`
 * @param conversation an alias of `conversations`
 * @param key what keys are compared with
 */
function lastMessage(participant: SQL, conversation: SQL, key: KeyOf): SQL {
  return sql`(
  select ${messageJson(sql`message`)}
  from messages message
  where message.conversation_key = ${key(sql`${conversation}.key`)}
    and message.seq = upper(${sentWhileMember(participant, conversation)}) - 1)`;
}

/** The columns of {@link ViewedConversation} as {@link viewedFields} selects them. */
export const viewedRow = rowOf<ViewedConversation>({
  ...conversationRow.columns,
  visible: "text",
  unreadCount: "int4",
  lastMessage: "json?",
});

/**
 * Selects the fields of {@link ViewedConversation}.
 * @param participant an alias of `participants`: the viewer
 * @param conversation an alias of `conversations`
 * @param key what keys are compared with
 */
export function viewedFields(
  participant: SQL,
  conversation: SQL,
  key: KeyOf,
): SQL {
  return sql`${conversationFields(conversation)}, ${participant}.member::text as visible,
  ${unreadCount(participant, conversation, key)}::int as "unreadCount",
  ${lastMessage(participant, conversation, key)} as "lastMessage"`;
}

/**
 * The messages that a viewer of a participant may see (R3), as a row `seen` with the set `seqs`: of oneself
 * everything, and of others what was sent while the viewer was in the conversation.
 * @param participant an alias of `participants`
 * @param seer an expression for the viewer's user id; null where they may see every message
 * @param key what keys are compared with
 */
export function seenBy(participant: SQL, seer: SQL, key: KeyOf): SQL {
  return sql`lateral (
    select case when ${seer} is null or ${seer} = ${participant}.user_id then '{[1,)}'::int8multirange
      else coalesce((
        select viewer.member from participants viewer
        where viewer.conversation_key = ${key(sql`${participant}.conversation_key`)} and viewer.user_id = ${seer}
      ), '{}') end as seqs
    offset 0
  ) seen`;
}

/**
 * The highest sequence number, of messages that the viewer may see, such that a set holds every such message
 * for a participant up to it (R15). What the viewer may not see tells of itself by nothing (R57).
 * Beside it there is a row `seen`, see {@link seenBy}.
 * @param set an expression for an `int8multirange`
 * @param participant an alias of `participants`
 * @param conversation an alias of `conversations`
 * @param key what keys are compared with
 */
function upToSeq(
  set: SQL,
  participant: SQL,
  conversation: SQL,
  key: KeyOf,
): SQL {
  const toLook = sql`${sentWhileMember(participant, conversation)} * seen.seqs - ${set}`;
  const upToGap = sql`coalesce((
  select gap.seq - 1
  from unnest(${toLook}) with ordinality as missing (run, n)
  cross join lateral (
    select message.seq from messages message
    where message.conversation_key = ${key(sql`${participant}.conversation_key`)}
      and message.sender_id <> ${participant}.user_id
      and message.seq >= lower(missing.run) and message.seq < upper(missing.run)
    order by message.seq limit 1) gap
  order by missing.n limit 1), ${conversation}.last_seq)`;
  return sql`coalesce(upper(${upTo(sql`seen.seqs`, upToGap)})::int4 - 1, 0)`;
}

/** The columns of {@link ParticipantRow} as {@link participantFields} selects them. */
export const participantRow = rowOf<ParticipantRow>({
  conversationId: "text",
  userId: "text",
  role: "participant_role",
  isActive: "bool",
  joinedAt: "timestamptz",
  deliveredUpToSeq: "int4",
  readUpToSeq: "int4",
  shownReadUpToSeq: "int4",
});

/**
 * Selects the fields of {@link ParticipantRow}. Beside the participant there is a row `seen`, see {@link seenBy}.
 * @param participant an alias of `participants`
 * @param conversation an alias of `conversations`
 * @param key what keys are compared with
 */
export function participantFields(
  participant: SQL,
  conversation: SQL,
  key: KeyOf,
): SQL {
  const upToIn = (set: SQL) => upToSeq(set, participant, conversation, key);
  return sql`
  ${participant}.conversation_id as "conversationId", ${participant}.user_id as "userId", ${participant}.role,
  ${participant}.left_at is null as "isActive", ${participant}.joined_at as "joinedAt",
  ${upToIn(sql`${participant}.delivered`)} as "deliveredUpToSeq",
  ${upToIn(sql`${participant}.read`)} as "readUpToSeq",
  ${upToIn(shownReads(participant))} as "shownReadUpToSeq"`;
}
