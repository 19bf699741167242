import { sql, type SQL } from "drizzle-orm";
import { rowOf } from "../../db/prepare.js";
import type { MessageRow } from "./message.js";

/** The columns of {@link MessageRow} as {@link messageFields} selects them. */
export const messageRow = rowOf<MessageRow>({
  conversationId: "text",
  seq: "int4",
  version: "int8",
  senderId: "text",
  clientId: "text",
  body: "text?",
  type: "text",
  fileType: "text?",
  sentAt: "timestamptz",
  deletedAt: "timestamptz?",
  xid: "int8",
});

/**
 * Selects the fields of {@link MessageRow}.
 * @param message an alias of `messages`
 */
export function messageFields(message: SQL): SQL {
  return sql`
  ${message}.conversation_id as "conversationId", ${message}.seq, ${message}.version,
  ${message}.sender_id as "senderId", ${message}.client_id as "clientId", ${message}.body, ${message}.type,
  ${message}.file_type as "fileType", ${message}.sent_at as "sentAt", ${message}.deleted_at as "deletedAt",
  ${message}.xid`;
}

/**
 * A {@link MessageRow} as JSON.
 * @param message an alias of `messages`
 */
export function messageJson(message: SQL): SQL {
  return sql`json_build_object('conversationId', ${message}.conversation_id, 'seq', ${message}.seq,
    'version', ${message}.version, 'senderId', ${message}.sender_id, 'clientId', ${message}.client_id,
    'body', ${message}.body, 'type', ${message}.type, 'fileType', ${message}.file_type,
    'sentAt', ${message}.sent_at, 'deletedAt', ${message}.deleted_at, 'xid', ${message}.xid)`;
}

/**
 * How many of a participant's own messages lie in a range of sequence numbers: the ordinal of their
 * last message before the range's end less the ordinal of their last message before its start. It
 * takes two index probes, however long the range is.
 * @param conversationKey an expression for the conversation's key
 * @param number an expression for `participants.number`
 * @param range an expression for an `int8range`
 */
export function ownMessagesIn(
  conversationKey: SQL,
  number: SQL,
  range: SQL,
): SQL {
  const ordinalBefore = (seq: SQL) => sql`coalesce((
    select own.sender_ordinal from messages own
    where own.conversation_key = ${conversationKey} and own.sender_number = ${number} and own.seq < ${seq}
    order by own.seq desc limit 1), 0)`;
  return sql`(${ordinalBefore(sql`upper(${range})`)} - ${ordinalBefore(sql`lower(${range})`)})`;
}
