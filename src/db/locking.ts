import { sql, type SQL } from "drizzle-orm";

/**
 * How a statement takes the locks of rows: it passes over rows that another transaction has locked, or
 * it waits for them, for a time that it is told.
 */
export type Locking = "skip" | "wait";

/** What follows `for update` in a statement that takes locks so. */
export function lockClause(locking: Locking): SQL {
  return locking === "skip" ? sql`skip locked` : sql``;
}

/**
 * A condition that is always true, and sets how long the statement that it stands in may wait for a
 * lock. It is evaluated once, before the rows beside it are locked, and holds for this transaction.
 * @param waitMs an expression for the time in milliseconds
 */
export function waitsAtMost(waitMs: SQL): SQL {
  return sql`(select set_config('lock_timeout', ${waitMs}::text, true)) is not null`;
}
