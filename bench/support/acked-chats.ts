import {
  encodeMessageId,
  type MessageRef,
} from "../../src/domain/messages/message-id.js";
import { SeqSet } from "../../src/foundation/seq-set.js";
import { HeldBy, type SeededChat } from "./chats.js";
import { openClient } from "./database.js";

/** When every seeded message was sent, in milliseconds since the epoch. */
const seededAtMs = Date.UTC(2026, 0, 1);

/** The id of a seeded message. */
export function seededMessageId({ conversationId, seq }: MessageRef): string {
  return encodeMessageId({ conversationId, seq, sentMs: seededAtMs });
}

/** Stores conversations in Acked's tables as making and sending would have left them. */
export async function seedAcked(
  databaseUrl: string,
  chats: readonly SeededChat[],
): Promise<void> {
  const client = openClient(databaseUrl);
  await client.begin(async (tx) => {
    for (const { id, senderId, readerIds, messageCount } of chats) {
      await tx`
        insert into users (id) select * from unnest(${[senderId, ...readerIds]}::text[])
        on conflict do nothing`;
      await tx`
        insert into conversations (key, id, version, last_seq, last_participant, created_at, changed_at, active_at)
        select conversation_key(${id}), ${id}, ${messageCount}::int8, ${messageCount}::int4, ${readerIds.length + 1}::int4, at, at, at
        from to_timestamp(${seededAtMs}::float8 / 1000) at`;
      // A sender who has read everything before their own message has read up to it: their run goes on.
      const own = String(SeqSet.span(1, messageCount));
      await tx`
        insert into participants (conversation_key, conversation_id, number, user_id, role, is_founder, joined_at,
          member, sent_count, delivered, read)
        values (conversation_key(${id}), ${id}, 1, ${senderId}, 'OWNER', true, now(), '{[1,)}', ${messageCount},
          ${own}::text::int8multirange, ${own}::text::int8multirange)`;
      await tx`
        insert into participants (conversation_key, conversation_id, number, user_id, role, is_founder, joined_at,
          member)
        select conversation_key(${id}), ${id}, 1 + n, user_id, 'MEMBER', true, now(), '{[1,)}'
        from unnest(${[...readerIds]}::text[]) with ordinality as reader (user_id, n)`;
      await tx`
        insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number,
          sender_ordinal, client_id, body, type, sent_at)
        select conversation_key(${id}), ${id}, seq, seq, ${senderId}, 1, seq, ${id} || ':' || seq,
          'message ' || seq, 'text', to_timestamp(${seededAtMs}::float8 / 1000)
        from generate_series(1, ${messageCount}::int) seq`;
      await tx`
        insert into message_keys (conversation_key, sender_number, client_id, seq, content_digest)
        select conversation_key, sender_number, client_id, seq, '' from messages
        where conversation_key = conversation_key(${id})`;
    }
  });
  await client`vacuum analyze`;
  await client.end();
}

/** The state of every reader, read from the database. */
export async function heldInAcked(databaseUrl: string): Promise<HeldBy> {
  const client = openClient(databaseUrl);
  const rows = await client<Record<string, string>[]>`
    select conversation_id, user_id, delivered::text, read::text from participants
    where role = 'MEMBER'`;
  await client.end();
  const held = new HeldBy();
  for (const { conversation_id, user_id, delivered, read } of rows)
    held.set(conversation_id ?? "", user_id ?? "", {
      delivered: SeqSet.parse(delivered ?? ""),
      read: SeqSet.parse(read ?? ""),
    });
  return held;
}
