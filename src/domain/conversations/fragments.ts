import { sql, type SQL } from "drizzle-orm";
import { millisecondsOf } from "../../db/fragments.js";
import type { KeyOf } from "../../db/per-conversation.js";
import { rowOf } from "../../db/prepare.js";
import { messageJson } from "../messages/fragments.js";
import type { ConversationRow, ViewedConversation } from "./conversation.js";
import { policyNow, underFull } from "./policy-fragments.js";
import type { ParticipantRow } from "./participant.js";
import { mutedUntil } from "./unread-fragments.js";

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
 * What others see as read of the messages that a participant has read (R20, R39).
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
  receiptPolicy: "text",
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
  ${conversation}.id, ${conversation}.title, ${policyNow(conversation)} as "receiptPolicy", ${conversation}.version, ${conversation}.last_seq as "lastSeq",
  ${conversation}.created_at as "createdAt", ${conversation}.active_at as "activeAt",
  ${conversation}.changed_xid as xid, ${millisecondsOf(sql`${conversation}.changed_at`)} as "changedMs",
  pg_current_snapshot()::text as snapshot`;
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
  unreadMentionCount: "int4",
  firstUnreadSeq: "int4?",
  mutedUntil: "timestamptz?",
  lastMessage: "json?",
});

/**
 * Selects the fields of {@link ViewedConversation}. Beside the participant there is a row `unread`, see `unreadIn`.
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
  unread.count as "unreadCount", unread.mentions as "unreadMentionCount", unread.first as "firstUnreadSeq",
  ${mutedUntil(participant)} as "mutedUntil",
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
 * The highest sequence number, of the messages that may be told of, such that a set holds every such message
 * for a participant up to it (R15). What may not be told of tells of itself by nothing (R57).
 * @param set an expression for an `int8multirange`
 * @param told an expression for the messages that may be told of
 * @param apart an expression for messages that do not hold it back
 */
function upToSeq(
  set: SQL,
  { told, apart }: { told: SQL; apart: SQL },
  { participant, conversation, key }: Place,
): SQL {
  const toLook = sql`${sentWhileMember(participant, conversation)} * ${told} - ${set} - ${apart}`;
  const upToGap = sql`coalesce((
  select gap.seq - 1
  from unnest(${toLook}) with ordinality as missing (run, n)
  cross join lateral (
    select message.seq from messages message
    where message.conversation_key = ${key(sql`${participant}.conversation_key`)}
      and message.sender_id <> ${participant}.user_id and message.deleted_at is null
      and message.seq >= lower(missing.run) and message.seq < upper(missing.run)
    order by message.seq limit 1) gap
  order by missing.n limit 1), ${conversation}.last_seq)`;
  return sql`coalesce(upper(${upTo(told, upToGap)})::int4 - 1, 0)`;
}

/** A participant in a conversation, by their aliases, and what keys are compared with. */
interface Place {
  readonly participant: SQL;
  readonly conversation: SQL;
  readonly key: KeyOf;
}

/** The columns of {@link ParticipantRow} as {@link participantFields} selects them. */
export const participantRow = rowOf<ParticipantRow>({
  conversationId: "text",
  userId: "text",
  role: "participant_role",
  isActive: "bool",
  isObserver: "bool",
  joinedAt: "timestamptz",
  deliveredUpToSeq: "int4",
  shownDeliveredUpToSeq: "int4?",
  readUpToSeq: "int4",
  shownReadUpToSeq: "int4?",
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
  const place = { participant, conversation, key };
  const own = { told: sql`seen.seqs`, apart: sql`'{}'::int8multirange` };
  // Messages that were sent to an observer were not for them, as others see it.
  const shown = {
    told: sql`(seen.seqs * ${underFull(conversation)})`,
    apart: sql`${participant}.observed`,
  };
  const delivered = sql`${participant}.delivered`;
  return sql`
  ${participant}.conversation_id as "conversationId", ${participant}.user_id as "userId", ${participant}.role,
  ${participant}.left_at is null as "isActive", ${participant}.is_observer as "isObserver",
  ${participant}.joined_at as "joinedAt",
  ${upToSeq(delivered, own, place)} as "deliveredUpToSeq",
  case when ${participant}.observed <> '{}' or ${participant}.withheld <> '{}'
      or ${conversation}.under_counts <> '{}' or ${conversation}.under_off <> '{}'
    then ${upToSeq(sql`(${delivered} - ${participant}.withheld)`, shown, place)} end as "shownDeliveredUpToSeq",
  ${upToSeq(sql`${participant}.read`, own, place)} as "readUpToSeq",
  case when not isempty(${shown.told})
    then ${upToSeq(shownReads(participant), shown, place)} end as "shownReadUpToSeq"`;
}
