import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";

/** The histories of this database: a new one begins where a restore has cut the one before short (R54). */
export const timelines = pgTable("timelines", {
  /** Grows from one to the next: the second in which it began, counted from 2026, or one more than the last. */
  number: integer().primaryKey(),
  /** The cluster and database that it began in: a copy that was restored elsewhere is another one. */
  database: text().notNull(),
  begunAt: timestamp("begun_at", {
    withTimezone: true,
    precision: 3,
  }).notNull(),
});
