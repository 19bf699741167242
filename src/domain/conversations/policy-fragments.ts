import { sql, type SQL } from "drizzle-orm";
import type { KeyOf } from "../../db/per-conversation.js";
import { fewestCounted, type ReceiptPolicy } from "./receipt-policy.js";

/** The policies as SQL. A new policy needs a line here, and sets of its own. */
export const policyText: Record<ReceiptPolicy, SQL> = {
  FULL: sql`'FULL'`,
  COUNTS: sql`'COUNTS'`,
  OFF: sql`'OFF'`,
};

const fewest = sql.raw(String(fewestCounted));

/**
 * The policy that a message was sent under (R42).
 * @param conversation an alias of `conversations`
 * @param seq an expression for the message's sequence number
 */
export function policyOf(conversation: SQL, seq: SQL): SQL {
  return sql`case when ${conversation}.under_off @> ${seq} then ${policyText.OFF}
  when ${conversation}.under_counts @> ${seq} then ${policyText.COUNTS} else ${policyText.FULL} end`;
}

/**
 * The policy of messages that are sent from now on.
 * @param conversation an alias of `conversations`
 */
export function policyNow(conversation: SQL): SQL {
  return sql`case when upper_inf(${conversation}.under_off) then ${policyText.OFF}
  when upper_inf(${conversation}.under_counts) then ${policyText.COUNTS} else ${policyText.FULL} end`;
}

/**
 * The messages of whose receipts others are told who and when: those sent under FULL, and those to come.
 * @param conversation an alias of `conversations`
 */
export function underFull(conversation: SQL): SQL {
  return sql`('{[1,)}'::int8multirange - ${conversation}.under_counts - ${conversation}.under_off)`;
}

/**
 * The messages that are for a participant as others see it (R1, R39): sent while they were in the
 * conversation, and no observer. What an observer may see is `member`.
 * @param participant an alias of `participants`
 */
export function addressed(participant: SQL): SQL {
  return sql`(${participant}.member - ${participant}.observed)`;
}

/**
 * The messages under COUNTS that have at least {@link fewestCounted} recipients now (R43).
 *
 * Where more than so many participants have all of them, whoever sent them, four rows answer it. Else the
 * stays are counted over one another. Of a message that exactly so many have, it matters whether its sender
 * is among them: only of participants who left, or who have observed, is it not.
 * @param conversation an alias of `conversations`
 * @param key what keys are compared with
 */
export function counted(conversation: SQL, key: KeyOf): SQL {
  const conversationKey = key(sql`${conversation}.key`);
  const sent = sql`(${conversation}.under_counts * int8multirange(int8range(1, ${conversation}.last_seq + 1)))`;
  const isCounting = (participant: SQL) =>
    sql`${participant}.conversation_key = ${conversationKey} and ${participant}.left_at is null
      and not ${participant}.is_observer`;
  return sql`(case
    when isempty(${sent}) then '{}'
    when ${fewest} < (
      select count(*) from (
        select from participants each where ${isCounting(sql`each`)} and ${addressed(sql`each`)} @> ${sent}
        limit ${fewest} + 1
      ) enough
    ) then ${sent}
    else (
      with
      -- where stays begin and end
      edge as (
        select edge.seq, sum(edge.step) as step
        from participants each
        cross join lateral unnest(${addressed(sql`each`)} * ${sent}) stay
        cross join lateral (values (lower(stay), 1), (upper(stay), -1)) edge (seq, step)
        where ${isCounting(sql`each`)}
        group by edge.seq
      ),
      -- a run of messages, and how many participants have it
      run as (
        select int8range(seq, lead(seq) over (order by seq)) as seqs, sum(step) over (order by seq) as having_it
        from edge
      )
      select coalesce((select range_agg(seqs) from run where having_it > ${fewest}), '{}')
        + coalesce((
          select range_agg(int8range(message.seq, message.seq + 1))
          from run
          cross join participants sender
          join messages message
            on message.conversation_key = ${conversationKey} and message.sender_number = sender.number
              and message.seq >= lower(run.seqs) and message.seq < upper(run.seqs)
          where run.having_it = ${fewest} and sender.conversation_key = ${conversationKey}
            and (sender.left_at is not null or sender.is_observer or not ${addressed(sql`sender`)} @> message.seq::int8)
        ), '{}')
    ) end)`;
}
