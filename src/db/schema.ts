import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { seqSet } from "./multirange.js";

const instant = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 3 });
const count = (name: string) => bigint(name, { mode: "number" });
const seq = (name: string) => integer(name); // a message's number in its conversation: GraphQL's Int
/** The key of the conversation that a row belongs to. Every unique key begins with it (decision 29). */
const conversationKey = () =>
  bigint("conversation_key", { mode: "bigint" }).notNull();
/**
 * The transaction that made a change: an order that no clock disturbs. 0 is older than every snapshot.
 */
const madeBy = (name: string) =>
  bigint(name, { mode: "number" })
    .notNull()
    .default(sql`(pg_current_xact_id()::text)::bigint`);
const emptySet = sql`'{}'::int8multirange`;

export const participantRole = pgEnum("participant_role", ["OWNER", "MEMBER"]);

/** Whoever holds a token or was named as a participant. */
export const users = pgTable(
  "users",
  {
    id: text().primaryKey(),
    displayName: text("display_name"),
    avatarUrl: text("avatar_url"),
    /** When the token that brought the profile was issued, in seconds since the epoch; null where it does not say. */
    profileIssuedAt: count("profile_issued_at"),
    /** Whether others may see what this user reads from now on (R20). */
    readReceipts: boolean("read_receipts").notNull().default(true),
    /** The transaction that switched it last; null while nobody has. */
    preferencesXid: count("preferences_xid"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (t) => [
    index("users_by_preferences_xid")
      .on(t.preferencesXid)
      .where(sql`${t.preferencesXid} is not null`),
  ],
);

/** One row a conversation. Whoever changes anything in it locks this row first. */
export const conversations = pgTable(
  "conversations",
  {
    /** `conversationKey(id)`: two ids with the same one are not both taken. */
    key: bigint("key", { mode: "bigint" }).primaryKey(),
    id: text().notNull(),
    title: text(),
    isMadeByService: boolean("is_made_by_service"), // by a service token; null where an earlier version made it
    /** Bumped by one with every change of any kind: the position in its stream of changes. */
    version: count("version").notNull().default(0),
    /** The newest message's sequence number. */
    lastSeq: seq("last_seq").notNull().default(0),
    /** The newest participant's number. */
    lastParticipant: integer("last_participant").notNull().default(0),
    /** The messages sent under the receipt policy COUNTS; open-ended while it holds (R42). */
    underCounts: seqSet("under_counts").notNull().default(emptySet),
    /** The messages sent under the receipt policy OFF; open-ended while it holds (R42). All others are FULL. */
    underOff: seqSet("under_off").notNull().default(emptySet),
    createdAt: instant("created_at").notNull(),
    /** When `version` was last bumped; never goes back. */
    changedAt: instant("changed_at").notNull(),
    /** The transaction that bumped `version` last. */
    changedXid: madeBy("changed_xid"),
    /** When the newest message was sent, or the conversation made. */
    activeAt: instant("active_at").notNull(),
  },
  (t) => [
    check(
      "conversations_last_seq",
      sql`${t.lastSeq} >= 0 and ${t.version} >= 0`,
    ),
    check("conversations_last_participant", sql`${t.lastParticipant} >= 0`),
    check(
      "conversations_clock",
      sql`${t.changedAt} >= ${t.activeAt} and ${t.activeAt} >= ${t.createdAt}`,
    ),
  ],
);

/** One row a user and conversation: their whole state in it, as sets of sequence numbers. */
export const participants = pgTable(
  "participants",
  {
    conversationKey: conversationKey().references(() => conversations.key),
    conversationId: text("conversation_id").notNull(),
    /** 1, 2, 3, … in each conversation: how the tables that grow name a participant. */
    number: integer().notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    role: participantRole().notNull(),
    /** Whether they are an observer now, and nobody's recipient (R39). */
    isObserver: boolean("is_observer").notNull().default(false),
    /** Named when the conversation was made: what makes making it again recognisable. */
    isFounder: boolean("is_founder").notNull(),
    joinedAt: instant("joined_at").notNull(),
    leftAt: instant("left_at"),
    /** Sent while they were in it; open-ended while they are. */
    member: seqSet().notNull(),
    /** Acknowledged as delivered, or read. May hold the user's own messages, which never count. */
    delivered: seqSet().notNull().default(emptySet),
    /** Acknowledged as read. */
    read: seqSet().notNull().default(emptySet),
    /** Of `read`, what others do not see as read (R20, R39). */
    hidden: seqSet().notNull().default(emptySet),
    /** Of `member`, sent while they were an observer; open-ended while they are: never for them (R39). */
    observed: seqSet().notNull().default(emptySet),
    /** Of `delivered`, what others see as not delivered (R39). */
    withheld: seqSet().notNull().default(emptySet),
    /** Of `member`, flagged as unread and not read since (R31); null where nothing is. */
    flagged: seqSet(),
    /** For each flagging its first message, ascending; `flagVersions` has its version (R32). */
    flagFirsts: integer("flag_firsts").array(),
    flagVersions: count("flag_versions").array(),
    mutedUntil: instant("muted_until"), // null or past where it isn't muted (R37)
    /** How many messages they have sent here. */
    sentCount: count("sent_count").notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.conversationKey, t.userId] }),
    uniqueIndex("participants_by_number").on(t.conversationKey, t.number),
    index("participants_by_user")
      .on(t.userId, t.conversationKey)
      .where(sql`${t.leftAt} is null`),
    // For whoever asks for all that a user ever took part in.
    index("participants_gone_by_user")
      .on(t.userId, t.conversationKey)
      .where(sql`${t.leftAt} is not null`),
    check(
      "participants_active",
      sql`upper_inf(${t.member}) = (${t.leftAt} is null)`,
    ),
    check(
      "participants_sets",
      sql`${t.hidden} <@ ${t.read} and ${t.read} <@ ${t.delivered} and ${t.delivered} <@ ${t.member}`,
    ),
    check("participants_counts", sql`${t.number} >= 1 and ${t.sentCount} >= 0`),
  ],
);

/** Messages, numbered 1, 2, 3, … in each conversation. */
export const messages = pgTable(
  "messages",
  {
    conversationKey: conversationKey().references(() => conversations.key),
    conversationId: text("conversation_id").notNull(),
    seq: seq("seq").notNull(),
    /** The conversation's version that this message made. */
    version: count("version").notNull(),
    senderId: text("sender_id").notNull(),
    /** The sender's number among the participants. */
    senderNumber: integer("sender_number").notNull(),
    /** It is its sender's first, second, … here: how many of them lie in a run takes two index probes. */
    senderOrdinal: seq("sender_ordinal").notNull(),
    clientId: text("client_id").notNull(),
    body: text(),
    type: text().notNull(),
    fileType: text("file_type"),
    sentAt: instant("sent_at").notNull(),
    deletedAt: instant("deleted_at"),
    /** The transaction that sent it. */
    xid: madeBy("xid"),
  },
  (t) => [
    primaryKey({ columns: [t.conversationKey, t.seq] }),
    // Without the ordinal, which is read from the row: an entry would take 36 bytes instead of 28.
    uniqueIndex("messages_by_sender").on(
      t.conversationKey,
      t.senderNumber,
      t.seq,
    ),
    index("messages_by_xid")
      .using("brin", t.xid)
      .with({ autosummarize: "on", pages_per_range: 32 }),
    index("messages_deleted")
      .on(t.conversationKey, t.seq)
      .where(sql`${t.deletedAt} is not null`),
    check(
      "messages_seq",
      sql`${t.seq} >= 1 and ${t.senderOrdinal} between 1 and ${t.seq}`,
    ),
    check(
      "messages_deleted_have_no_body",
      sql`${t.deletedAt} is null or ${t.body} is null`,
    ),
    check("messages_body_bytes", sql`octet_length(${t.body}) <= 65536`),
  ],
);
