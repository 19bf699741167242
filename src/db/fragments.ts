import { sql, type SQL } from "drizzle-orm";
import { conversationKey } from "./conversation-key.js";

/**
 * The time of a change in a conversation whose row is locked: now, or the time of the change before
 * where the clock has gone back. A conversation's times never go back.
 * @param conversation an alias of `conversations`
 */
export function changeTime(conversation: SQL): SQL {
  return sql`greatest(${conversation}.changed_at, date_trunc('milliseconds', clock_timestamp()))`;
}

/** The transaction that makes a change: what orders changes where clocks can't. */
export const thisTransaction = sql`(pg_current_xact_id()::text)::bigint`;

/** A time in milliseconds since the epoch. */
export function millisecondsOf(time: SQL): SQL {
  return sql`(extract(epoch from ${time}) * 1000)::int8`;
}

/** The key of a conversation, as a parameter. */
export const keyOf = (id: string): SQL => sql`${conversationKey(id)}::int8`;
