import { sql, type SQL } from "drizzle-orm";
import { inTransaction, type Db } from "../../db/connect.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import { ownMessagesIn } from "../messages/fragments.js";
import type { LoggedRun, Merge, ParticipantPlace } from "./compaction.js";
import { roundQueries } from "./compaction-round-queries.js";
import type { ReceiptKind } from "./receipt.js";

/** A participant, and whether they have more than one old row of each kind. */
export interface LoggedParticipant extends ParticipantPlace {
  readonly hasDeliveries: boolean;
  readonly hasReads: boolean;
}

const isOld = (at: SQL, days: SQL) =>
  sql`${at} < now() - ${days} * interval '1 day'`;
const kindText: Record<ReceiptKind, SQL> = {
  DELIVERED: sql`'DELIVERED'`,
  READ: sql`'READ'`,
};

const hasOldRows = (kind: ReceiptKind, days: SQL) => sql`exists (
      select from receipt_log log
      where log.conversation_key = participant.conversation_key and log.participant_number = participant.number
        and log.kind = ${kindText[kind]} and ${isOld(sql`log.at`, days)}
      offset 1)`;

/** No key is less. */
const leastKey = sql`(-9223372036854775808)::int8`;

/** A page of all participants, in order. */
const participants = statement({
  name: "logged_participants",
  parameters: {
    afterKey: "key?",
    afterNumber: "int4",
    days: "int4",
    limit: "int8",
  },
  row: rowOf<LoggedParticipant>({
    conversationKey: "text",
    number: "int4",
    hasDeliveries: "bool",
    hasReads: "bool",
  }),
  text: ({ afterKey, afterNumber, days, limit }) => sql`
    select participant.conversation_key::text as "conversationKey", participant.number,
      ${hasOldRows("DELIVERED", days)} as "hasDeliveries", ${hasOldRows("READ", days)} as "hasReads"
    from participants participant
    where (participant.conversation_key, participant.number) > (coalesce(${afterKey}, ${leastKey}), ${afterNumber})
    order by participant.conversation_key, participant.number
    limit ${limit}`,
});

/** Of a kind of receipt the set of what a participant has marked so. */
const marked: Record<ReceiptKind, SQL> = {
  DELIVERED: sql`participant.delivered`,
  READ: sql`participant.read`,
};

/**
 * A page of a participant's rows of one kind, in order of their first messages. What lies between a row and the rows
 * before it takes two index probes.
 */
const runsOf = (kind: ReceiptKind) =>
  statement({
    name: `logged_runs_${kind.toLowerCase()}`,
    parameters: {
      conversationKey: "key",
      number: "int4",
      days: "int4",
      /** Only rows whose first message comes after it. */
      after: "int8",
      /** The last message of all rows up to there. */
      reached: "int8",
      limit: "int8",
    },
    row: rowOf<LoggedRun>({
      version: "int8",
      firstSeq: "int4",
      lastSeq: "int4",
      isHidden: "bool",
      isDelivery: "bool",
      hasGaps: "bool",
      isOld: "bool",
      between: "text",
    }),
    text: ({ conversationKey, number, days, after, reached, limit }) => sql`
    select log.version, log.first_seq as "firstSeq", log.last_seq as "lastSeq", log.is_hidden as "isHidden",
      log.is_delivery as "isDelivery", log.has_gaps as "hasGaps", ${isOld(sql`log.at`, days)} as "isOld",
      case
        when log.reached + 1 >= log.first_seq then 'none'
        when gap.theirs <> ${ownMessagesIn(
          conversationKey,
          sql`participant.number`,
          sql`int8range(log.reached + 1, log.first_seq)`,
        )} or not gap.is_marked then 'open'
        when gap.theirs = log.first_seq - log.reached - 1 then 'marked'
        else 'unseen'
      end as between
    from (
      select page.*, greatest(${reached}, coalesce(max(page.last_seq) over (
        order by page.first_seq rows between unbounded preceding and 1 preceding), 0)) as reached
      from (
        select * from receipt_log log
        where log.conversation_key = ${conversationKey} and log.participant_number = ${number}
          and log.kind = ${kindText[kind]} and log.first_seq > ${after}
        order by log.first_seq limit ${limit}
      ) page
    ) log
    join participants participant
      on participant.conversation_key = ${conversationKey} and participant.number = ${number}
    -- how many messages between were for the participant or their own, and whether all of these are marked
    cross join lateral (
      select coalesce(sum(upper(run) - lower(run)), 0)::int8 as theirs, gap_seqs.seqs <@ ${marked[kind]} as is_marked
      from (
        select participant.member * int8multirange(case when log.reached + 1 < log.first_seq
          then int8range(log.reached + 1, log.first_seq) else 'empty' end) as seqs
      ) gap_seqs left join lateral unnest(gap_seqs.seqs) run on true
      group by gap_seqs.seqs
    ) gap
    order by log.first_seq`,
  });

const deliveries = runsOf("DELIVERED");
const reads = runsOf("READ");

const mergedParameters = {
  conversationKey: "key",
  number: "int4",
  kind: "text",
} as const;

/** Takes rows out of the log. */
const drop = statement({
  name: "drop_logged_runs",
  parameters: { ...mergedParameters, firstSeqs: "int8[]" },
  row: rowOf<{ firstSeq: number }>({ firstSeq: "int4" }),
  text: ({ conversationKey, number, kind, firstSeqs }) => sql`
    delete from receipt_log log
    where log.conversation_key = ${conversationKey} and log.participant_number = ${number}
      and log.kind = ${kind}::log_kind and log.first_seq = any(${firstSeqs})
    returning log.first_seq as "firstSeq"`,
});

/** Draws rows of the log out over longer runs. */
const widen = statement({
  name: "widen_logged_runs",
  parameters: {
    ...mergedParameters,
    kept: "int8[]",
    firstSeqs: "int8[]",
    lastSeqs: "int8[]",
    gaps: "bool[]",
  },
  row: rowOf<{ firstSeq: number }>({ firstSeq: "int4" }),
  text: ({
    conversationKey,
    number,
    kind,
    kept,
    firstSeqs,
    lastSeqs,
    gaps,
  }) => sql`
    update receipt_log log
    set first_seq = merged.first_seq, last_seq = merged.last_seq, has_gaps = merged.has_gaps
    from unnest(${kept}, ${firstSeqs}, ${lastSeqs}, ${gaps}) as merged (kept, first_seq, last_seq, has_gaps)
    where log.conversation_key = ${conversationKey} and log.participant_number = ${number}
      and log.kind = ${kind}::log_kind and log.first_seq = merged.kept
    returning log.first_seq as "firstSeq"`,
});

/** What a merge finds where other rows are in the log than were read. Nothing is changed then. */
export class OvertakenError extends Error {
  override readonly name = "OvertakenError";
}

/** The statements of the compaction. */
export type CompactionQueries = ReturnType<typeof compactionQueries>;

/** Prepares the statements of the compaction. Days are counted back from now by the database's clock. */
export function compactionQueries(db: Db) {
  const run = {
    participants: prepare(db, participants),
    runs: { DELIVERED: prepare(db, deliveries), READ: prepare(db, reads) },
  };
  return {
    /** A page of all participants after one, in order. */
    participants: (
      after: ParticipantPlace | null,
      days: number,
      limit: number,
    ) =>
      run.participants({
        afterKey: after?.conversationKey ?? null,
        afterNumber: after?.number ?? 0,
        ...{ days, limit },
      }),

    /** A page of a participant's rows of one kind, in order of their first messages. */
    runs: (
      kind: ReceiptKind,
      { conversationKey, number }: ParticipantPlace,
      page: { days: number; after: number; reached: number; limit: number },
    ) => run.runs[kind]({ conversationKey, number, ...page }),

    /**
     * Makes rows one, in a transaction.
     * @throws {OvertakenError} where another transaction has changed them since they were read
     */
    merge: (
      kind: ReceiptKind,
      { conversationKey, number }: ParticipantPlace,
      merges: readonly Merge[],
    ) =>
      inTransaction(db, async (tx) => {
        const rows = { conversationKey, number, kind };
        const firstSeqs = merges.flatMap(({ dropped }) => dropped);
        const gone = await prepare(tx, drop)({ ...rows, firstSeqs });
        const widened = await prepare(
          tx,
          widen,
        )({
          ...rows,
          kept: merges.map(({ kept }) => kept),
          firstSeqs: merges.map(({ firstSeq }) => firstSeq),
          lastSeqs: merges.map(({ lastSeq }) => lastSeq),
          gaps: merges.map(({ hasGaps }) => hasGaps),
        });
        if (gone.length < firstSeqs.length || widened.length < merges.length)
          throw new OvertakenError("other rows are in the log");
      }),

    ...roundQueries(db),
  };
}
