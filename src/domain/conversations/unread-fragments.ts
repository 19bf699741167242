import { sql, type SQL } from "drizzle-orm";
import type { KeyOf } from "../../db/per-conversation.js";
import { ownMessagesIn } from "../messages/fragments.js";

/*
 * What is unread (R14, R31): of the messages that were sent while the participant was in the conversation, those
 * by others that count, and that they have not read, or flagged as unread since.
 *
 *   unread = member ∩ [1, last] ∖ (read ∖ flagged) ∖ own ∖ deleted ∖ silent
 *
 * The sets are columns of the participant, and give runs. What is taken out of the runs lies in indexes: own messages
 * by their ordinals, deleted and silent ones by partial indexes, so that no message is read to count it.
 */

/** The place of a participant, as a statement reads it. */
export interface UnreadPlace {
  /** An alias of `participants`. */
  readonly participant: SQL;
  /** An alias of `conversations`. */
  readonly conversation: SQL;
  /** What keys are compared with. */
  readonly key: KeyOf;
}

/**
 * Of what a participant has read, the messages that they have not flagged as unread since.
 * @param participant an alias of `participants`
 */
function readAndNotFlagged(participant: SQL): SQL {
  return sql`case when ${participant}.flagged is null then ${participant}.read
    else ${participant}.read - ${participant}.flagged end`;
}

/**
 * Whether a message is silent (R35).
 * @param conversationKey an expression for the conversation's key
 * @param seq an expression for the message's sequence number
 */
export function isSilent(conversationKey: SQL, seq: SQL): SQL {
  return sql`exists (select from silent_messages silent
    where silent.conversation_key = ${conversationKey} and silent.seq = ${seq})`;
}

/** How many of the messages that are deleted or silent lie in the run and are not the participant's own. */
const uncounted = (conversationKey: SQL, participant: SQL) => sql`
      case when not exist.deleted then 0
        else (select count(*) from messages gone
         where gone.conversation_key = ${conversationKey} and gone.deleted_at is not null
           and gone.seq >= lower(run) and gone.seq < upper(run) and gone.sender_id <> ${participant}.user_id) end
      + case when not exist.silent then 0
        else (select count(*) from silent_messages silent
         join messages message on message.conversation_key = ${conversationKey} and message.seq = silent.seq
         where silent.conversation_key = ${conversationKey} and silent.seq >= lower(run) and silent.seq < upper(run)
           and message.deleted_at is null and message.sender_id <> ${participant}.user_id) end`;

/** Whether a message counts in a participant's unread count, where it lies in an unread run. */
const counts = (conversationKey: SQL, participant: SQL) => sql`
          message.sender_id <> ${participant}.user_id and message.deleted_at is null
          and not ${isSilent(conversationKey, sql`message.seq`)}`;

/**
 * What a participant has not read, as a row `unread`: `count`; `mentions`, how many of them mention the participant
 * as a recipient (R36, R39); and `first`, the oldest of them, null where there is none (R34). In a conversation without deletions, silent
 * messages and mentions each of these takes one index probe, and the runs nothing but the participant's own messages.
 */
export function unreadIn({ participant, conversation, key }: UnreadPlace): SQL {
  const conversationKey = key(sql`${participant}.conversation_key`);
  return sql`lateral (
    select in_runs.count, in_runs.mentions,
      -- the first message from there on that counts lies in that run
      case when in_runs.begins is not null then (
        select message.seq from messages message
        where message.conversation_key = ${conversationKey} and message.seq >= in_runs.begins
          and ${counts(conversationKey, participant)}
        order by message.seq limit 1
      ) end as first
    from (
      select coalesce(sum(counted.count), 0)::int as count,
        coalesce(sum(case when counted.count = 0 or not exist.mentions or ${participant}.is_observer then 0 else (
          select count(distinct mention.seq) from mentions mention
          join messages message on message.conversation_key = ${conversationKey} and message.seq = mention.seq
          where mention.conversation_key = ${conversationKey} and mention.user_id in (${participant}.user_id, '')
            and mention.seq >= lower(run) and mention.seq < upper(run)
            and not ${participant}.observed @> mention.seq::int8
            and ${counts(conversationKey, participant)}
        ) end), 0)::int as mentions,
        min(lower(run)) filter (where counted.count > 0) as begins
      from unnest(${participant}.member * int8multirange(int8range(1, ${conversation}.last_seq + 1))
        - ${readAndNotFlagged(participant)}) run
      -- without the offset these would be asked for each run
      cross join (select
        exists (select from messages gone
          where gone.conversation_key = ${conversationKey} and gone.deleted_at is not null) as deleted,
        exists (select from silent_messages silent where silent.conversation_key = ${conversationKey}) as silent,
        exists (select from mentions mention where mention.conversation_key = ${conversationKey}) as mentions
        offset 0
      ) exist
      cross join lateral (
        select upper(run) - lower(run)
          - case when ${participant}.sent_count = 0 then 0
            else ${ownMessagesIn(conversationKey, sql`${participant}.number`, sql`run`)} end
          - (${uncounted(conversationKey, participant)}) as count
        offset 0
      ) counted
    ) in_runs
    offset 0
  ) unread`;
}

/**
 * Until when a participant has muted the conversation; null where it isn't muted (R37).
 * @param participant an alias of `participants`
 */
export function mutedUntil(participant: SQL): SQL {
  return sql`case when ${participant}.muted_until > statement_timestamp() then ${participant}.muted_until end`;
}
