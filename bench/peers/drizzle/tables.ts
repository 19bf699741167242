import {
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** The participants of conversations. */
export const participants = pgTable(
  "participants",
  {
    conversationId: text("conversation_id").notNull(),
    userId: text("user_id").notNull(),
  },
  (t) => [primaryKey({ columns: [t.conversationId, t.userId] })],
);

/** Messages. */
export const messages = pgTable("messages", {
  id: integer().primaryKey(),
  conversationId: text("conversation_id").notNull(),
  senderId: text("sender_id").notNull(),
  body: text().notNull(),
  sentAt: instant("sent_at").notNull().defaultNow(),
});

/** The receipts, a row for each message and recipient. */
export const receipts = pgTable(
  "receipts",
  {
    messageId: integer("message_id").notNull(),
    userId: text("user_id").notNull(),
    deliveredAt: instant("delivered_at").notNull(),
    readAt: instant("read_at"),
  },
  (t) => [primaryKey({ columns: [t.messageId, t.userId] })],
);
