import {
  bigint,
  integer,
  pgTable,
  primaryKey,
  text,
} from "drizzle-orm/pg-core";

/**
 * Which message a sender's `clientId` made in a conversation (R17). It lies with the conversation's other rows,
 * so that sending writes to one shard.
 */
export const messageKeys = pgTable(
  "message_keys",
  {
    conversationKey: bigint("conversation_key", { mode: "bigint" }).notNull(),
    /** The sender's number among the participants. */
    senderNumber: integer("sender_number").notNull(),
    seq: integer("seq").notNull(),
    clientId: text("client_id").notNull(),
    /** SHA-256 of all that a repeat must have in common with it: tells a repeat from a conflict, also after deletion. */
    contentDigest: text("content_digest").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationKey, t.senderNumber, t.clientId] }),
  ],
);

/**
 * Which conversation a creator's `clientId` made: what makes making one safe to repeat where no id is
 * given (R28). It is found before the conversation is known, so it lies with its creator.
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
