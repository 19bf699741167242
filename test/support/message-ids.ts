import type { Sql } from "postgres";
import {
  encodeMessageId,
  type MessageRef,
} from "../../src/domain/messages/message-id.js";

/** An id of a message that nobody has sent: a person who knows how ids are made could make it up. */
export function unsentMessageId(ref: MessageRef): string {
  return encodeMessageId({ ...ref, sentMs: 1 });
}

/** The id of a stored message. The database knows when the message was sent. */
export async function storedMessageId(
  database: Sql,
  { conversationId, seq }: MessageRef,
): Promise<string> {
  const [row] = await database<{ sentAt: Date }[]>`
    select sent_at as "sentAt" from messages
    where conversation_id = ${conversationId} and seq = ${seq}`;
  if (!row) throw new Error(`there is no message ${seq} in ${conversationId}`);
  return encodeMessageId({
    conversationId,
    seq,
    sentMs: row.sentAt.getTime(),
  });
}
