import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { prepare } from "../../db/prepare.js";
import { ownMessagesIn } from "../messages/message-queries.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import type { Mark } from "./mark.js";

/** What became of a mark. It is not found where the user can't see the message that it names. */
export interface MarkOutcome {
  /** False where there is no such message, or none that the user may see. */
  readonly found: boolean;
  /** Whether a message for the user got this status by this mark. */
  readonly changed: boolean;
  /** Where the conversation's stream stands after the mark. */
  readonly version: number;
  readonly lastSeq: number;
  /** When, in milliseconds since the epoch. */
  readonly atMs: number;
}

/** A longer gap is worth a row of its own: who looks for a time passes the rows that lie in gaps. */
const longestGap = sql.raw("8");
const mostPieces = sql.raw("64");

/**
 * A set, with the short gaps in it closed; as it is where it has no gap, or very many pieces, or where
 * what is not in `closable` would be in a gap. Ranges are drawn out to where they touch, and in again.
 */
function withoutShortGaps(set: SQL, closable: SQL): SQL {
  return sql`case
    when ${set} = int8multirange(range_merge(${set})) then ${set}
    when (select count(*) from unnest(${set})) > ${mostPieces} then ${set}
    else (
      select case when closed.seqs <@ ${closable} then closed.seqs else ${set} end
      from (
        select range_agg(int8range(lower(wide), upper(wide) - ${longestGap})) as seqs
        from unnest((
          select range_agg(int8range(lower(piece), upper(piece) + ${longestGap}))
          from unnest(${set}) piece
        )) wide
      ) closed
    ) end`;
}

export type ReceiptQueries = ReturnType<typeof receiptQueries>;

/** The statement that writes receipts. */
export function receiptQueries(db: Db) {
  /**
   * Applies a batch of marks. One statement, so one commit; one participant row and one log row a
   * mark, whether it covers ten messages or a million.
   *
   * Locking: conversations in order of id, then participants in order of (conversation, user).
   * Whatever the statement computes from is locked, so it is read as it stands after the wait, and
   * marks at the same moment on any node add up. The spans of one user's marks of one kind are
   * disjoint, so each mark's `changed` is its own.
   *
   * What was read of a participant goes along from step to step. Joined to it again, the planner, which knows
   * nothing of how many marks there are, went through all of it for each of them.
   *
   * A run may stretch over the user's own messages; one that holds nothing else is not written.
   * READ runs are cut where deliveries were reported, so that each row either is the delivery of
   * its whole run or of none of it. What was read at once is one row also where it has short gaps.
   */
  const mark = prepare<
    {
      conversationIds: string[];
      userIds: string[];
      kinds: string[];
      seqs: number[];
      spans: string[];
    },
    MarkOutcome
  >(
    db,
    "mark",
    sql`
    with item as (
      select i.*, i.span_text::int8multirange as span from unnest(
        ${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("userIds")}::text[],
        ${sql.placeholder("kinds")}::text[], ${sql.placeholder("seqs")}::int8[],
        ${sql.placeholder("spans")}::text[]
      ) with ordinality as i (conversation_id, user_id, kind, seq, span_text, position)
    ),
    conversation as (
      select c.id, c.key, c.version, c.last_seq, c.changed_at,
        greatest(c.changed_at, date_trunc('milliseconds', clock_timestamp())) as at
      from conversations c
      where c.id in (select conversation_id from item)
      order by c.id
      for update
    ),
    participant as (
      select p.conversation_id, p.user_id, p.key, c.key as conversation_key, p.member, p.delivered, p.read, p.sent_count,
        not u.read_receipts as is_hidden, c.version, c.last_seq, c.at
      from participants p
      join conversation c on c.id = p.conversation_id
      join users u on u.id = p.user_id
      where (p.conversation_id, p.user_id) in (select conversation_id, user_id from item)
        and p.left_at is null
      order by p.conversation_id, p.user_id
      for update of p
    ),
    fresh as (
      select i.position, i.kind, p.*, i.span * p.member * int8multirange(int8range(1, p.last_seq + 1))
          - case i.kind when 'READ' then p.read else p.delivered end as seqs
      from item i
      join participant p using (conversation_id, user_id)
      where p.member @> i.seq and i.seq <= p.last_seq
    ),
    found as (
      select f.*, exists (
        select from unnest(f.seqs) r
        where f.sent_count = 0
          or upper(r) - lower(r) > ${ownMessagesIn(sql`f.key`, sql`r`)}
      ) as changed
      from fresh f
    ),
    merged as (
      select conversation_id, user_id, conversation_key, key, version, at, sent_count, is_hidden,
        coalesce(range_agg(seqs) filter (where kind = 'READ'), '{}') as read,
        coalesce(range_agg(seqs) filter (where kind = 'DELIVERED'), '{}') as delivered,
        (array_agg(member))[1] as member, (array_agg(read))[1] as read_before,
        (array_agg(delivered))[1] as delivered_before
      from found where changed
      group by conversation_id, user_id, conversation_key, key, version, at, sent_count, is_hidden
    ),
    marked as (
      update participants p
      set read = p.read + m.read,
        delivered = p.delivered + m.delivered + m.read,
        hidden = case when m.is_hidden then p.hidden + m.read else p.hidden end
      from merged m
      where p.conversation_id = m.conversation_id and p.user_id = m.user_id
    ),
    acknowledged as (
      select m.conversation_id, m.conversation_key, m.key, m.version + 1 as version, m.at, a.*
      from merged m
      cross join lateral (
        select m.delivered_before + m.delivered as delivered,
          m.read_before + m.read + ('{(,)}' - m.member) as closable
      ) before
      cross join lateral (
        select r, 'DELIVERED'::log_kind as kind, false as is_hidden, false as is_delivery, false as has_gaps
        from unnest(m.delivered) r
        union all
        select r, 'READ', m.is_hidden, part.is_delivery, not part.seqs @> r
        from (values (m.read - before.delivered, true), (m.read * before.delivered, false)) part (seqs, is_delivery)
        cross join lateral unnest(case
          when part.seqs = m.read then ${withoutShortGaps(sql`part.seqs`, sql`before.closable`)} else part.seqs end) r
      ) a
      where m.sent_count = 0 or upper(r) - lower(r) > ${ownMessagesIn(sql`m.key`, sql`r`)}
    ),
    logged as (
      insert into receipt_log (conversation_key, version, participant_key, at, kind, first_seq, last_seq,
        is_hidden, is_delivery, has_gaps)
      select conversation_key, version, key, at, kind, lower(r), upper(r) - 1, is_hidden, is_delivery, has_gaps
      from acknowledged
    ),
    bumped as (
      update conversations c set version = c.version + 1, changed_at = n.at
      from (select distinct conversation_id, at from acknowledged) n
      where c.id = n.conversation_id
      returning c.id, c.version
    )
    select f.position is not null as found, coalesce(f.changed, false) as changed,
      coalesce(b.version, f.version, 0) as version, coalesce(f.last_seq, 0) as "lastSeq",
      coalesce(extract(epoch from f.at) * 1000, 0)::int8 as "atMs"
    from item i
    left join found f on f.position = i.position
    left join bumped b on b.id = i.conversation_id
    order by i.position`,
  );

  return {
    /** @param spans for each mark what it covers that no earlier one of the batch covers */
    mark: (marks: readonly Mark[], spans: readonly SeqSet[]) =>
      mark({
        conversationIds: marks.map((m) => m.conversationId),
        userIds: marks.map((m) => m.userId),
        kinds: marks.map((m) => m.kind),
        seqs: marks.map((m) => m.seq),
        spans: spans.map(String),
      }),
  };
}
