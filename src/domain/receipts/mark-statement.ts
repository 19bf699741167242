/*
 * The statement that applies a batch of marks. One statement, so one commit. A mark of ten messages and a mark of a
 * million write as many rows. The steps here lock and compute; those that write are in `mark-fragments.ts`.
 *
 * Locking: conversations in order of key, then participants in order of (conversation, user). The
 * statement computes from locked rows alone, which it reads as they stand once locked, so marks
 * at the same moment on any node add up. The spans of one user's marks of one kind are disjoint, so
 * each mark's `changed` is its own.
 *
 * The statement has two forms. That of the lanes passes over a conversation that another transaction has
 * locked, so that no mark of a batch waits for another's conversation. The other form waits for the lock of one.
 * Both pass over a participant whose row another transaction has locked, or whose sets are larger than the
 * caller wants to work on. The outcome of a mark that was passed over says so, and the mark goes apart.
 *
 * A step has one row for each participant, with all of their marks, so that no set is copied for each
 * mark: with 10,000 runs read, a set has 210 KB. Nor do steps join one another: the planner does not know
 * how many marks there are, and went through all rows of the one step for each row of the other.
 *
 * A run may stretch over the user's own messages; a run of nothing else is not written. READ runs are
 * cut where deliveries were reported, so that each row is either the delivery of its whole run or of
 * none of it. What one mark reads is one row also where it has short gaps.
 *
 * Example, as in ARCHITECTURE.md. Bob was in a conversation for all of its 8 messages, and sent message 5.
 * He marks it as read up to 7.
 *
 *   before        delivered 1–5, read 1–2
 *   span          1–7
 *   added         3–7: five messages, one of them his own, so the mark has changed something
 *   after         delivered 1–7, read 1–7
 *   rows written  1 participant
 *                 1 conversation, its version one more
 *                 2 receipt_log: READ 3–5, whose delivery was reported before,
 *                   and READ 6–7, which is the delivery as well
 */

import { sql, type SQL } from "drizzle-orm";
import { changeTime } from "../../db/fragments.js";
import { lockClause, waitsAtMost, type Locking } from "../../db/locking.js";
import {
  forOneConversation,
  perConversation,
  type Asked,
} from "../../db/per-conversation.js";
import { rowOf, type Placeholders } from "../../db/prepare.js";
import { upTo } from "../conversations/fragments.js";
import { ownMessagesIn } from "../messages/fragments.js";
import type { MarkOutcome } from "./mark.js";
import { unflaggedBy } from "./flag-fragments.js";
import { delivered, outcomes, read, writes } from "./mark-fragments.js";
import { hidesReads } from "./privacy-fragments.js";
import type { ReceiptKind } from "./receipt.js";

/** For each kind of receipt the set of what a participant marked so before, of what the batch covers. */
const markedBefore: Record<ReceiptKind, SQL> = {
  DELIVERED: sql`before.delivered`,
  READ: sql`before.read`,
};

const locked = (
  { items, key, isAmong }: Asked,
  marks: Placeholders<typeof parameters>,
  locking: Locking,
  condition: SQL,
) => sql`
    -- a mark, with the span that it covers and no earlier mark of the batch does
    asked as (
      select mark.*, mark.span_text::int8multirange as span
      from ${items(sql`mark`, {
        user_id: marks.userIds,
        kind: marks.kinds,
        seq: marks.seqs,
        sent_at: marks.sentTimes,
        span_text: marks.spans,
      })}
    ),
    -- a present participant who marks, with all their marks: whoever is not present takes no lock
    asking as (
      select * from (
        select conversation_key, conversation_id, user_id, range_agg(span) as covered, array_agg(position) as positions,
          array_agg(kind) as kinds, array_agg(seq) as seqs, array_agg(span) as spans, array_agg(sent_at) as sent_times
        from asked group by conversation_key, conversation_id, user_id
      ) marking
      where exists (
        select from participants present
        where present.conversation_key = ${key(sql`marking.conversation_key`)} and present.user_id = marking.user_id
          and present.conversation_id = marking.conversation_id and present.left_at is null
        offset 0)
    ),
    -- a conversation with marks, locked, with the time of this change
    locked_conversation as (
      select conversation.key as conversation_key, conversation.id, conversation.version, conversation.last_seq,
        conversation.changed_xid, conversation.changed_at, ${changeTime(sql`conversation`)} as at
      from conversations conversation
      where ${isAmong(sql`conversation`, sql`asking`)} and ${condition}
      order by conversation.key
      for update ${lockClause(locking)}
    ),
    -- a present participant who marks, locked, with their marks
    locked_participant as (
      select participant.conversation_key, participant.conversation_id, participant.user_id, participant.number,
        participant.member as visible, participant.delivered,
        participant.read, participant.flagged, participant.flag_firsts, participant.flag_versions,
        participant.sent_count, participant.is_observer,
        ${hidesReads(sql`users`, sql`participant`)} as hides_reads,
        conversation.version, conversation.last_seq, conversation.changed_xid, conversation.changed_at,
        conversation.at, asking.covered, asking.positions, asking.kinds, asking.seqs, asking.spans,
        asking.sent_times
      from asking
      join locked_conversation conversation on conversation.id = asking.conversation_id
      join participants participant
        on participant.conversation_key = ${key(sql`conversation.conversation_key`)} and participant.user_id = asking.user_id
      join users on users.id = participant.user_id
      where participant.left_at is null
        and pg_column_size(participant.read) + pg_column_size(participant.delivered)
          + coalesce(pg_column_size(participant.flagged), 0) <= ${marks.largestSets}
      order by participant.conversation_key, participant.user_id
      for update of participant skip locked
    )`;
/** The messages that the marks add to the sets of participants. */
const changes = ({ key }: Asked, marks: Placeholders<typeof parameters>) => sql`
    -- the same participant, with what the whole batch adds to each set, and whether each mark whose
    -- message the user may see changes anything: whether it gives its status to a message of another user
    marked as (
      select participant.conversation_key, participant.user_id, participant.number, participant.version, participant.last_seq, participant.changed_xid,
        participant.changed_at, participant.at,
        participant.sent_count, participant.is_observer, participant.hides_reads, participant.visible, participant.read,
        before.delivered as delivered_before, batch.*
      from locked_participant participant
      -- of what was marked before, what the marks cover
      cross join lateral (
        select participant.covered * participant.read as read,
          participant.covered * participant.delivered as delivered
        offset 0
      ) before
      cross join lateral (
        select array_agg(mark.position) as positions, array_agg(mark.changed) as changes,
          range_agg(mark.added) filter (where mark.changed) as added,
          coalesce(range_agg(mark.added) filter (where mark.changed and mark.kind = ${read}), '{}') as read_added,
          coalesce(range_agg(mark.added) filter (where mark.changed and mark.kind = ${delivered}), '{}')
            as delivered_added,
          nullif(range_agg(mark.unflagged) filter (where mark.unflagged is not null), '{}') as unflagged
        from (
          select asked.position, asked.kind, added.seqs as added,
            case when participant.flagged is not null and asked.kind = ${read} then
              ${unflaggedBy(sql`asked`, sql`participant`, marks)} end as unflagged,
            exists (
            select from unnest(added.seqs) run
            where participant.sent_count = 0
              or upper(run) - lower(run) > ${ownMessagesIn(
                key(sql`participant.conversation_key`),
                sql`participant.number`,
                sql`run`,
              )}
          ) as changed
          from unnest(participant.positions, participant.kinds, participant.seqs, participant.spans,
            participant.sent_times) as asked (position, kind, seq, span, sent_at)
          -- the messages that were not marked so before
          cross join lateral (
            select asked.span * ${upTo(sql`participant.visible`, sql`participant.last_seq`)}
              - case
                  when asked.kind = ${delivered} then ${markedBefore.DELIVERED}
                  when asked.kind = ${read} then ${markedBefore.READ}
                end as seqs
            offset 0
          ) added
          where participant.visible @> asked.seq and asked.seq <= participant.last_seq
            -- not another message that got its number after a restore (R54)
            and (asked.sent_at is null or exists (
              select from messages message
              where message.conversation_key = ${key(sql`participant.conversation_key`)} and message.seq = asked.seq
                and message.sent_at = asked.sent_at::timestamptz))
          offset 0
        ) mark
      ) batch
    ),
    -- a participant whose sets change
    merged as (
      select * from marked where added is not null or unflagged is not null
    ),
    -- a mark of a message that the user may see
    found as (
      select mark.position, mark.changed, marked.version, marked.last_seq, marked.changed_xid, marked.changed_at
      from marked cross join lateral unnest(marked.positions, marked.changes) as mark (position, changed)
    )`;

const parameters = {
  userIds: "text[]",
  kinds: "text[]",
  seqs: "int8[]",
  sentTimes: "text?[]",
  spans: "text[]",
  /** For each mark the first message that it covers, whatever earlier marks of the batch do. */
  firstSeqs: "int8[]",
  /** For each mark the version that its device had seen: later flags stand (R32). -1 where all are taken off. */
  seen: "int8[]",
  /** The largest sets of a participant that are worked on, in bytes as stored. */
  largestSets: "int8",
} as const;
const row = rowOf<MarkOutcome>({
  apart: "text?",
  found: "bool",
  changed: "bool",
  moved: "bool",
  version: "int8",
  lastSeq: "int4",
  xid: "int8",
  changedMs: "int8",
  snapshot: "text",
});

const text = (
  mark: Asked,
  marks: Placeholders<typeof parameters>,
  locking: Locking,
  condition: SQL,
) => sql`
    with
    ${locked(mark, marks, locking, condition)},
    ${changes(mark, marks)},
    ${writes(mark)}
    ${outcomes(mark)}`;

/** Applies a batch of marks and waits for nobody. */
export const applyMarks = perConversation({
  name: "mark",
  parameters,
  row,
  text: (mark, marks) => text(mark, marks, "skip", sql`true`),
});

/** Applies a batch of marks in one conversation, waiting for its lock for so long. */
export const applyMarksOnceFree = forOneConversation({
  name: "mark_once_free",
  parameters: { ...parameters, waitMs: "int8" },
  row,
  text: (mark, { waitMs, ...marks }) =>
    text(mark, marks, "wait", waitsAtMost(waitMs)),
});
