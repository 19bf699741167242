import {
  bigint,
  index,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";

const instant = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 3 });

/** The users who take part in nothing until they are reactivated (R40). */
export const deactivations = pgTable("deactivations", {
  userId: text("user_id").primaryKey(),
  deactivatedAt: instant("deactivated_at").notNull().defaultNow(),
});

/** The conversations that deactivated users were taken out of, and are brought back into (R40). */
export const departures = pgTable(
  "departures",
  {
    conversationKey: bigint("conversation_key", { mode: "bigint" }).notNull(),
    conversationId: text("conversation_id").notNull(),
    userId: text("user_id").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.conversationKey, t.userId] }),
    index("departures_by_user").on(t.userId, t.conversationKey),
  ],
);

/** The users who were erased (R41), by what tells an id without holding it: see `erased-ids.ts`. */
export const erasures = pgTable("erasures", {
  digest: text().primaryKey(),
  /** The id that stands for theirs while they are being erased; null when that is done: nothing leads to it then. */
  alias: text(),
  erasedAt: instant("erased_at").notNull().defaultNow(),
});
