import { sql, type SQL } from "drizzle-orm";

/**
 * The time of a change in a conversation whose row is locked: now, or the time of the change before
 * where the clock has gone back. A conversation's times never go back.
 * @param conversation an alias of `conversations`
 */
export function changeTime(conversation: SQL): SQL {
  return sql`greatest(${conversation}.changed_at, date_trunc('milliseconds', clock_timestamp()))`;
}
