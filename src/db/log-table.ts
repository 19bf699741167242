import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";

/**
 * What a row of the receipt log tells of: two kinds of receipt, what else changes a status, and PRIVATE: what
 * concerns the participant alone (R33), messages flagged as unread or no longer so, or an empty run for a mute.
 */
export const logKind = pgEnum("log_kind", [
  "DELIVERED",
  "READ",
  "JOINED",
  "LEFT",
  "DELETED",
  "PRIVATE",
]);

/**
 * The receipt log, append-only: a row for each acknowledged run, not for each message. Its rows in
 * order of version are the stream of changes; the row whose run holds a message has its time.
 *
 * A run read at once is one row although some in it had been read before: of two rows of a participant
 * and kind that hold a message, the inner one is the earlier, and tells of it.
 */
export const receiptLog = pgTable(
  "receipt_log",
  {
    conversationKey: bigint("conversation_key", { mode: "bigint" }).notNull(),
    version: bigint("version", { mode: "number" }).notNull(),
    at: timestamp("at", { withTimezone: true, precision: 3 }).notNull(),
    /** The transaction that wrote it: an order that no clock disturbs. 0 is older than every snapshot. */
    xid: bigint("xid", { mode: "number" })
      .notNull()
      .default(sql`(pg_current_xact_id()::text)::bigint`),
    participantNumber: integer("participant_number").notNull(),
    kind: logKind().notNull(),
    firstSeq: integer("first_seq").notNull(),
    lastSeq: integer("last_seq").notNull(),
    /** A READ that others do not see as read (R20); of an observer, any receipt: it shows to them alone (R39). */
    isHidden: boolean("is_hidden").notNull().default(false),
    /** A READ of what no delivery was reported of: it is the delivery as well (R6), but an observer's. */
    isDelivery: boolean("is_delivery").notNull().default(false),
    /** Whether there may be messages in the run that an earlier row tells of, or that were not for the participant. */
    hasGaps: boolean("has_gaps").notNull().default(false),
  },
  (t) => [
    index("receipt_log_by_xid")
      .using("brin", t.xid)
      .with({ autosummarize: "on", pages_per_range: 32 }),
    index("receipt_log_stream").on(t.conversationKey, t.version),
    // One index for each kind: with the kind among its columns an entry would take 8 bytes more.
    uniqueIndex("receipt_log_deliveries")
      .on(t.conversationKey, t.participantNumber, t.firstSeq)
      .where(sql`${t.kind} = 'DELIVERED'`),
    uniqueIndex("receipt_log_reads")
      .on(t.conversationKey, t.participantNumber, t.firstSeq)
      .where(sql`${t.kind} = 'READ'`),
    // A JOINED or LEFT may be about no message at all: its run is empty, last = first - 1.
    check(
      "receipt_log_run",
      sql`${t.firstSeq} >= 1 and ${t.lastSeq} >= ${t.firstSeq} - 1`,
    ),
  ],
);
