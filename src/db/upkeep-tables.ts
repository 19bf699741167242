import { bigint, integer, pgTable, timestamp } from "drizzle-orm/pg-core";

const instant = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 3 });

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
