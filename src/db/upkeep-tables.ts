import { bigint, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

const instant = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 3 });

/** The histories of this database: a new one begins where a restore has cut the one before short (R54). */
export const timelines = pgTable("timelines", {
  /** Grows from one to the next: the second in which it began, counted from 2026, or one more than the last. */
  number: integer().primaryKey(),
  /** The cluster and database that it began in: a copy that was restored elsewhere is another one. */
  database: text().notNull(),
  begunAt: instant("begun_at").notNull(),
});

/** How far the compaction of the receipt log is. One row, for all nodes. */
export const compactions = pgTable("compactions", {
  id: integer().primaryKey(),
  /** The last participant whose rows were looked at; null where none of this round were yet. */
  conversationKey: bigint("conversation_key", { mode: "bigint" }),
  participantNumber: integer("participant_number"),
  /** Until when the node that compacts has it for itself. */
  heldUntil: instant("held_until").notNull(),
  /** When the round before ended; null where none has. */
  finishedAt: instant("finished_at"),
});
