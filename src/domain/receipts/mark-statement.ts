/*
 * The statement that applies a batch of marks. One statement, so one commit; one participant row and
 * one log row a mark, whether it covers ten messages or a million.
 *
 * Locking: conversations in order of id, then participants in order of (conversation, user). The
 * statement computes from locked rows alone, which it reads as they stand after the wait, so marks
 * at the same moment on any node add up. The spans of one user's marks of one kind are disjoint, so
 * each mark's `changed` is its own.
 *
 * Each step hands on what was read of a participant. Where a later step joined to the participant
 * again, the planner, which does not know how many marks there are, went through all of them for
 * each of them.
 *
 * A run may stretch over the user's own messages; a run of nothing else is not written. READ runs are
 * cut where deliveries were reported, so that each row is either the delivery of its whole run or of
 * none of it. What one mark reads is one row also where it has short gaps.
 *
 * Example. Bob, who sees everything, marks a conversation of 8 messages as read up to 6. Message 5 is
 * his own.
 *
 *   before        delivered 1–4, read 1–2
 *   span          1–6
 *   added         3–6: four messages, one of them his own, so the mark has changed something
 *   after         delivered 1–6, read 1–6
 *   rows written  1 participant
 *                 1 conversation, its version one more
 *                 2 receipt_log: READ 3–4, whose delivery was reported before,
 *                   and READ 5–6, which is the delivery as well
 */

import { sql, type SQL } from "drizzle-orm";
import {
  changeTime,
  millisecondsOf,
  thisTransaction,
} from "../../db/fragments.js";
import { rowOf, statement, type Placeholders } from "../../db/prepare.js";
import type { logKind } from "../../db/schema.js";
import { upTo } from "../conversations/fragments.js";
import { ownMessagesIn } from "../messages/fragments.js";
import { hiddenAfter, hidesReads } from "./privacy-fragments.js";
import type { ReceiptKind } from "./receipt.js";

/** The outcome of a mark. */
export interface MarkOutcome {
  /** False where the message does not exist, or the user may not see it. */
  readonly found: boolean;
  /** Whether the mark gave its status to a message that was for the user. */
  readonly changed: boolean;
  /** The conversation's version after the mark. */
  readonly version: number;
  readonly lastSeq: number;
  /** The transaction that made the version. */
  readonly xid: number;
  /** When the version was made, in milliseconds since the epoch. */
  readonly changedMs: number;
  /** What the statement saw: a `pg_snapshot` as text. */
  readonly snapshot: string;
}

/** The names that the log has for kinds of receipts and other changes. */
type LogKind = (typeof logKind.enumValues)[number];

/**
 * For each kind of receipt its name in the log, and the set of a participant that holds the messages
 * marked so before. A new kind needs a line here, and its own set in the statement below.
 */
const kinds: Record<ReceiptKind, { logged: LogKind; markedBefore: SQL }> = {
  DELIVERED: {
    logged: "DELIVERED",
    markedBefore: sql`locked_participant.delivered`,
  },
  READ: { logged: "READ", markedBefore: sql`locked_participant.read` },
};

const delivered = sql.raw(`'${kinds.DELIVERED.logged}'`);
const read = sql.raw(`'${kinds.READ.logged}'`);

/** The longest gap, in messages, that a row of the log spans: who looks for a time passes the rows in gaps. */
const longestGap = sql.raw("8");
/** A set of more runs than this keeps its gaps. */
const mostPieces = sql.raw("64");

/**
 * A set with its short gaps closed. The set stays as it is where it has no gap or very many runs, or
 * where a gap holds a message that is not in `closable`. Runs are drawn out until they touch, and
 * then drawn in again.
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

/** The marks, and the rows that they concern, locked. */
const locked = (marks: Placeholders<typeof parameters>) => sql`
    -- a mark, with the span that it covers and no earlier mark of the batch does
    asked as (
      select mark.*, mark.span_text::int8multirange as span from unnest(
        ${marks.conversationIds}, ${marks.userIds}, ${marks.kinds}, ${marks.seqs}, ${marks.sentTimes},
        ${marks.spans}
      ) with ordinality as mark (conversation_id, user_id, kind, seq, sent_at, span_text, position)
    ),
    -- a conversation with marks, locked, with the time of this change
    locked_conversation as (
      select conversation.id, conversation.key, conversation.version, conversation.last_seq,
        conversation.changed_xid, conversation.changed_at, ${changeTime(sql`conversation`)} as at
      from conversations conversation
      where conversation.id in (select conversation_id from asked)
      order by conversation.id
      for update
    ),
    -- a present participant who marks, locked
    locked_participant as (
      select participant.conversation_id, participant.user_id, participant.key,
        conversation.key as conversation_key, participant.member as visible, participant.delivered,
        participant.read, participant.sent_count, ${hidesReads(sql`users`)} as hides_reads,
        conversation.version, conversation.last_seq, conversation.changed_xid, conversation.changed_at,
        conversation.at
      from participants participant
      join locked_conversation conversation on conversation.id = participant.conversation_id
      join users on users.id = participant.user_id
      where (participant.conversation_id, participant.user_id) in (select conversation_id, user_id from asked)
        and participant.left_at is null
      order by participant.conversation_id, participant.user_id
      for update of participant
    )`;

/** The messages that the marks add to the sets of participants. */
const changes = sql`
    -- a mark of a message that the user may see, with the messages that were not marked so before
    added as (
      select asked.position, asked.kind, locked_participant.*,
        asked.span * ${upTo(sql`locked_participant.visible`, sql`locked_participant.last_seq`)}
          - case asked.kind
              when ${delivered} then ${kinds.DELIVERED.markedBefore}
              when ${read} then ${kinds.READ.markedBefore}
            end as seqs
      from asked
      join locked_participant using (conversation_id, user_id)
      where locked_participant.visible @> asked.seq and asked.seq <= locked_participant.last_seq
        -- the message that the user has seen, and not another that got its number after a restore (R54)
        and (asked.sent_at is null or exists (
          select from messages message
          where message.conversation_id = asked.conversation_id and message.seq = asked.seq
            and message.sent_at = asked.sent_at::timestamptz))
    ),
    -- the same mark, and whether any of these messages is by another user
    found as (
      select added.*, exists (
        select from unnest(added.seqs) run
        where added.sent_count = 0
          or upper(run) - lower(run) > ${ownMessagesIn(sql`added.key`, sql`run`)}
      ) as changed
      from added
    ),
    -- a participant whose sets change, with what the whole batch adds to each
    merged as (
      select conversation_id, user_id, conversation_key, key, version, at, sent_count, hides_reads,
        coalesce(range_agg(seqs) filter (where kind = ${read}), '{}') as read_added,
        coalesce(range_agg(seqs) filter (where kind = ${delivered}), '{}') as delivered_added,
        (array_agg(visible))[1] as visible, (array_agg(read))[1] as read_before,
        (array_agg(delivered))[1] as delivered_before
      from found where changed
      group by conversation_id, user_id, conversation_key, key, version, at, sent_count, hides_reads
    )`;

/** Everything that the marks write. */
const writes = sql`
    -- a participant as written
    written_participant as (
      update participants participant
      set read = participant.read + merged.read_added,
        delivered = participant.delivered + merged.delivered_added + merged.read_added,
        hidden = ${hiddenAfter(sql`participant.hidden`, sql`merged.read_added`, sql`merged.hides_reads`)}
      from merged
      where participant.conversation_id = merged.conversation_id and participant.user_id = merged.user_id
    ),
    -- a run to be logged
    acknowledged as (
      select merged.conversation_id, merged.conversation_key, merged.key, merged.version + 1 as version,
        merged.at, receipt.*
      from merged
      -- the delivered set without the reads of this batch, and the messages that a gap in a read may hold
      cross join lateral (
        select merged.delivered_before + merged.delivered_added as delivered,
          merged.read_before + merged.read_added + ('{(,)}' - merged.visible) as closable
      ) apart
      cross join lateral (
        select run, ${delivered}::log_kind as kind, false as is_hidden, false as is_delivery, false as has_gaps
        from unnest(merged.delivered_added) run
        union all
        select run, ${read}, merged.hides_reads, part.is_delivery, not part.seqs @> run
        from (values
          (merged.read_added - apart.delivered, true), (merged.read_added * apart.delivered, false)
        ) part (seqs, is_delivery)
        cross join lateral unnest(case
          when part.seqs = merged.read_added then ${withoutShortGaps(sql`part.seqs`, sql`apart.closable`)}
          else part.seqs end) run
      ) receipt
      where merged.sent_count = 0
        or upper(receipt.run) - lower(receipt.run) > ${ownMessagesIn(sql`merged.key`, sql`receipt.run`)}
    ),
    -- a row of the log
    logged as (
      insert into receipt_log (conversation_key, version, participant_key, at, kind, first_seq, last_seq,
        is_hidden, is_delivery, has_gaps)
      select conversation_key, version, key, at, kind, lower(run), upper(run) - 1, is_hidden, is_delivery, has_gaps
      from acknowledged
    ),
    -- a conversation with its new version
    bumped_conversation as (
      update conversations conversation 
      set version = conversation.version + 1, changed_at = changed.at, changed_xid = ${thisTransaction}
      from (select distinct conversation_id, at from acknowledged) changed
      where conversation.id = changed.conversation_id
      returning conversation.id, conversation.version, conversation.changed_xid, conversation.changed_at
    )`;

const parameters = {
  conversationIds: "text[]",
  userIds: "text[]",
  kinds: "text[]",
  seqs: "int8[]",
  sentTimes: "text?[]",
  spans: "text[]",
} as const;

/** Applies a batch of marks. The head of this file says how. */
export const applyMarks = statement({
  name: "mark",
  parameters,
  row: rowOf<MarkOutcome>({
    found: "bool",
    changed: "bool",
    version: "int8",
    lastSeq: "int4",
    xid: "int8",
    changedMs: "int8",
    snapshot: "text",
  }),
  text: (marks) => sql`
    with
    ${locked(marks)},
    ${changes},
    ${writes}
    select found.position is not null as found, coalesce(found.changed, false) as changed,
      coalesce(bumped_conversation.version, found.version, 0) as version,
      coalesce(found.last_seq, 0) as "lastSeq",
      coalesce(bumped_conversation.changed_xid, found.changed_xid, 0) as xid,
      coalesce(${millisecondsOf(sql`coalesce(bumped_conversation.changed_at, found.changed_at)`)}, 0)
        as "changedMs",
      pg_current_snapshot()::text as snapshot
    from asked
    left join found on found.position = asked.position
    left join bumped_conversation on bumped_conversation.id = asked.conversation_id
    order by asked.position`,
});
