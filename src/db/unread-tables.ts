import {
  bigint,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";

const conversationKey = () =>
  bigint("conversation_key", { mode: "bigint" }).notNull();

/** The messages that never count as unread (R35). */
export const silentMessages = pgTable(
  "silent_messages",
  { conversationKey: conversationKey(), seq: integer("seq").notNull() },
  (t) => [primaryKey({ columns: [t.conversationKey, t.seq] })],
);

/**
 * Whom messages mention (R36): a row for each user named, whether they take part or not, and for everybody one row
 * without a user. For who is no recipient nothing counts.
 */
export const mentions = pgTable(
  "mentions",
  {
    conversationKey: conversationKey(),
    /** Empty for everybody. */
    userId: text("user_id").notNull(),
    seq: integer("seq").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationKey, t.userId, t.seq] }),
    // An erasure finds all mentions of a user.
    index("mentions_by_user").on(t.userId, t.conversationKey),
  ],
);
