import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/**
 * Which message a sender's `clientId` made (R17). A table of its own, so that `messages` can be
 * partitioned and distributed by conversation.
 */
export const messageKeys = pgTable(
  "message_keys",
  {
    senderId: text("sender_id").notNull(),
    clientId: text("client_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    seq: integer("seq").notNull(),
    /** SHA-256 of conversation, body, type and fileType: tells a repeat from a conflict, also after deletion. */
    contentDigest: text("content_digest").notNull(),
  },
  (t) => [primaryKey({ columns: [t.senderId, t.clientId] })],
);

/**
 * Which conversation a creator's `clientId` made: what makes making one safe to repeat where no id is
 * given (R28).
 */
export const conversationKeys = pgTable(
  "conversation_keys",
  {
    creatorId: text("creator_id").notNull(),
    clientId: text("client_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    /** SHA-256 of all that a repeat must have in common with the first. */
    contentDigest: text("content_digest").notNull(),
  },
  (t) => [primaryKey({ columns: [t.creatorId, t.clientId] })],
);
