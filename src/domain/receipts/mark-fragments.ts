import { sql, type SQL } from "drizzle-orm";
import { millisecondsOf, thisTransaction } from "../../db/fragments.js";
import type { Asked } from "../../db/per-conversation.js";
import type { logKind } from "../../db/log-table.js";
import { ownMessagesIn } from "../messages/fragments.js";
import { flagsAfter } from "./flag-fragments.js";
import { hiddenAfter, withheldAfter } from "./privacy-fragments.js";
import type { ReceiptKind } from "./receipt.js";

/** The names that the log has for kinds of receipts and other changes. */
type LogKind = (typeof logKind.enumValues)[number];

/**
 * For each kind of receipt its name in the log. A new kind needs a line here, and its own set in the
 * statement of marks.
 */
const logged: Record<ReceiptKind, LogKind> = {
  DELIVERED: "DELIVERED",
  READ: "READ",
};

/** A literal of the log's name for deliveries. */
export const delivered = sql.raw(`'${logged.DELIVERED}'`);
/** A literal of the log's name for reads. */
export const read = sql.raw(`'${logged.READ}'`);

/** A literal of the log's name for what concerns the participant alone: flags that were taken off (R33). */
const alone = sql.raw(`'${"PRIVATE" satisfies LogKind}'`);

/** The longest gap, in messages, that a row of the log spans. The search for a time passes all rows in such gaps. */
const longestGap = sql.raw("8");
/** A set of more runs than this keeps its gaps. */
const mostPieces = sql.raw("64");

/**
 * A set with its short gaps closed. The set stays as it is where it has no gap or very many runs, or
 * where a gap holds a message that is in `visible` and not in `read`. Runs are drawn out until they
 * touch, and then drawn in again.
 */
function withoutShortGaps(set: SQL, visible: SQL, read: SQL): SQL {
  return sql`case
    when ${set} = int8multirange(range_merge(${set})) then ${set}
    when (select count(*) from unnest(${set})) > ${mostPieces} then ${set}
    else (
      select case when (closed.seqs - ${set}) * ${visible} <@ ${read} then closed.seqs else ${set} end
      from (
        select range_agg(int8range(lower(wide), upper(wide) - ${longestGap})) as seqs
        from unnest((
          select range_agg(int8range(lower(piece), upper(piece) + ${longestGap}))
          from unnest(${set}) piece
        )) wide
      ) closed
    ) end`;
}

/**
 * The steps of the statement of marks that write. They go on from its step `merged`, which has a
 * participant whose sets change. `mark-statement.ts` shows the rows of an example.
 */
export const writes = ({ key }: Asked) => sql`
    -- a participant as written. A set that stays as it is is not stored again
    written_participant as (
      update participants participant
      set read = case when isempty(merged.read_added) then participant.read
          else participant.read + merged.read_added end,
        delivered = case when merged.added is null or merged.added <@ merged.delivered_before then participant.delivered
          else participant.delivered + merged.added end,
        hidden = ${hiddenAfter(sql`participant.hidden`, sql`merged.read_added`, sql`merged.hides_reads`)},
        withheld = ${withheldAfter(sql`participant.withheld`, sql`merged.added - merged.delivered_before`, sql`merged.is_observer and merged.added is not null`)},
        ${flagsAfter(sql`participant`, sql`merged.unflagged`)}
      from merged
      where participant.conversation_key = ${key(sql`merged.conversation_key`)} and participant.user_id = merged.user_id
    ),
    -- a run to be logged
    acknowledged as (
      select merged.conversation_key, merged.number, merged.version + 1 as version, merged.at, receipt.*
      from merged
      -- of the messages marked, those with a delivery of their own: reported before, or in this batch
      cross join lateral (
        select merged.delivered_before + merged.delivered_added as delivered offset 0
      ) apart
      cross join lateral (
        select run, ${delivered}::log_kind as kind, merged.is_observer as is_hidden, false as is_delivery, false as has_gaps
        from unnest(merged.delivered_added) run
        union all
        select run, ${read}, merged.hides_reads, part.is_delivery and not merged.is_observer, not part.seqs @> run
        from (values
          (merged.read_added - apart.delivered, true), (merged.read_added * apart.delivered, false)
        ) part (seqs, is_delivery)
        cross join lateral unnest(case
          when part.seqs = merged.read_added
            then ${withoutShortGaps(sql`part.seqs`, sql`merged.visible`, sql`merged.read`)}
          else part.seqs end) run
        union all
        -- the condition spares nearly all marks the step
        select run, ${alone}, false, false, false from unnest(merged.unflagged) run where merged.unflagged is not null
      ) receipt
      where merged.sent_count = 0
        or upper(receipt.run) - lower(receipt.run) > ${ownMessagesIn(
          key(sql`merged.conversation_key`),
          sql`merged.number`,
          sql`receipt.run`,
        )}
    ),
    -- a row of the log
    logged as (
      insert into receipt_log (conversation_key, version, participant_number, at, kind, first_seq, last_seq,
        is_hidden, is_delivery, has_gaps)
      select conversation_key, version, number, at, kind, lower(run), upper(run) - 1, is_hidden, is_delivery, has_gaps
      from acknowledged
    ),
    -- a conversation with its new version
    bumped_conversation as (
      update conversations conversation
      set version = conversation.version + 1, changed_at = changed.at, changed_xid = ${thisTransaction}
      from (select distinct conversation_key, at from acknowledged) changed
      where conversation.key = ${key(sql`changed.conversation_key`)}
      returning conversation.id, conversation.version, conversation.changed_xid, conversation.changed_at
    )`;

/** The outcome of each mark, in order: what the statement of marks returns. */
export const outcomes = ({ key }: Asked) => sql`
    select
      case
        when found.position is not null
          or (asked.conversation_id, asked.user_id) in (select conversation_id, user_id from locked_participant)
          or not exists (
            select from participants passed_over
            where passed_over.conversation_key = ${key(sql`asked.conversation_key`)}
              and passed_over.conversation_id = asked.conversation_id and passed_over.user_id = asked.user_id
              and passed_over.left_at is null)
          then null
        when asked.conversation_id in (select id from locked_conversation) then 'participant'
        else 'conversation'
      end as apart,
      found.position is not null as found, coalesce(found.changed, false) as changed,
      bumped_conversation.version is not null as moved,
      coalesce(bumped_conversation.version, found.version, 0) as version,
      coalesce(found.last_seq, 0) as "lastSeq",
      coalesce(bumped_conversation.changed_xid, found.changed_xid, 0) as xid,
      coalesce(${millisecondsOf(sql`coalesce(bumped_conversation.changed_at, found.changed_at)`)}, 0)
        as "changedMs",
      pg_current_snapshot()::text as snapshot
    from asked
    left join found on found.position = asked.position
    left join bumped_conversation on bumped_conversation.id = asked.conversation_id
    order by asked.position`;
