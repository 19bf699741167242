import { sql, type SQL } from "drizzle-orm";
import type { KeyOf } from "../db/per-conversation.js";

/** Whether the transaction `xid` is one that snapshot `s` sees, if it was committed. `s` has xmin, xmax and xip. */
export const isSeen = (xid: SQL, s: SQL) =>
  sql`(${xid} < ${s}.xmin or (${xid} < ${s}.xmax and ${xid} <> all(${s}.xip)))`;

/** The snapshot of a text, as a row of xmin, xmax and xip. */
export const parsed = (text: SQL) => sql`(
  select split_part(${text}, ':', 1)::int8 as xmin, split_part(${text}, ':', 2)::int8 as xmax,
    string_to_array(split_part(${text}, ':', 3), ',')::int8[] as xip)`;

/** The version of conversation `c` in snapshot `s`: that of the newest log row that the snapshot sees. */
export const versionIn = (c: SQL, s: SQL, key: KeyOf) => sql`coalesce((
  select l.version from receipt_log l
  where l.conversation_key = ${key(sql`${c}.key`)} and ${isSeen(sql`l.xid`, s)}
  order by l.version desc limit 1), 0)`;

/** The newest message of conversation `c` in snapshot `s`. */
export const lastSeqIn = (c: SQL, s: SQL, key: KeyOf) => sql`coalesce((
  select m.seq from messages m
  where m.conversation_key = ${key(sql`${c}.key`)} and ${isSeen(sql`m.xid`, s)}
  order by m.seq desc limit 1), 0)`;
