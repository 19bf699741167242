import { seededMessageId } from "../support/acked-chats.js";
import { openClient } from "../support/database.js";
import type { Size } from "../support/scenario.js";

/** How large a measurement is. */
export interface Extent {
  /** Each has {@link participants}, all of whom listen. */
  readonly conversations: number;
  readonly listeners: number;
  readonly rounds: number;
  readonly marksPerSecond: number;
  readonly roundMs: number;
  readonly idleMs: number;
  /** How many conversations change while nobody is connected. */
  readonly changesMeanwhile: number;
}

export const extents: Readonly<Record<Size, Extent>> = {
  full: {
    conversations: 100_000,
    listeners: 2_000,
    rounds: 3,
    marksPerSecond: 40,
    roundMs: 6_000,
    idleMs: 30_000,
    changesMeanwhile: 5_000,
  },
  short: {
    conversations: 500,
    listeners: 100,
    rounds: 1,
    marksPerSecond: 40,
    roundMs: 500,
    idleMs: 500,
    changesMeanwhile: 50,
  },
};

/** Of each conversation. The first of them sent its one message, the others may read it. */
export const participants = 10;

/** The user's name in the database. */
export function userId(listener: number): string {
  return `listener-${listener}`;
}

/** The conversation's id in the database. */
export function conversationId(conversation: number): string {
  return `inbox-${conversation}`;
}

/** The id of a conversation's message. */
export function messageId(conversation: number): string {
  const id = conversationId(conversation);
  return seededMessageId({ conversationId: id, seq: 1 });
}

/**
 * The participants of a conversation. Everybody is in as many conversations as everybody else, with
 * others in nearly each.
 */
export function listenersIn(
  { listeners }: Extent,
  conversation: number,
): number[] {
  const step = 1 + Math.floor(conversation / listeners);
  return Array.from(
    { length: participants },
    (_, place) => (conversation + place * step) % listeners,
  );
}

/** Conversations of which every listener is in exactly one, and which one that is for a listener. */
export function oneEach({ listeners }: Extent): {
  readonly conversations: readonly number[];
  readonly of: (listener: number) => number;
} {
  return {
    conversations: Array.from(
      { length: listeners / participants },
      (_, i) => i * participants,
    ),
    of: (listener) => listener - (listener % participants),
  };
}

/** How many conversations each listener is in. */
export function inboxSize({ conversations, listeners }: Extent): number {
  return (conversations * participants) / listeners;
}

/** Stores all users, conversations and messages as making and sending would have left them. */
export async function seedInboxes(
  databaseUrl: string,
  { conversations, listeners }: Extent,
): Promise<void> {
  const client = openClient(databaseUrl);
  const sentAt = new Date(Date.UTC(2026, 0, 1));
  const last = conversations - 1;
  // One transaction, as a message and its conversation's version are made: the stream asks for both.
  await client.begin(async (tx) => {
    await tx`
      insert into users (id) select 'listener-' || u from generate_series(0, ${listeners - 1}::int) u`;
    await tx`
      insert into conversations (key, id, version, last_seq, last_participant, created_at, changed_at, active_at)
      select conversation_key(id), id, 1, 1, ${participants}::int, ${sentAt}, ${sentAt}, ${sentAt}
      from generate_series(0, ${last}::int) i cross join lateral (select 'inbox-' || i as id) c`;
    await tx`
      insert into participants (conversation_key, conversation_id, number, user_id, role, is_founder, joined_at,
        member, sent_count, delivered, read)
      select conversation_key('inbox-' || i), 'inbox-' || i, 1 + place, 'listener-' || (i + place * (1 + i / ${listeners}::int)) % ${listeners}::int,
        case when place = 0 then 'OWNER' else 'MEMBER' end::participant_role, place = 0, ${sentAt}, '{[1,)}',
        case when place = 0 then 1 else 0 end,
        case when place = 0 then '{[1,2)}' else '{}' end::int8multirange,
        case when place = 0 then '{[1,2)}' else '{}' end::int8multirange
      from generate_series(0, ${last}::int) i, generate_series(0, ${participants - 1}::int) place`;
    await tx`
      insert into messages (conversation_key, conversation_id, seq, version, sender_id, sender_number,
        sender_ordinal, client_id, body, type, sent_at)
      select conversation_key, conversation_id, 1, 1, user_id, number, 1, conversation_id, 'a message', 'text', ${sentAt}
      from participants where role = 'OWNER'`;
  });
  await client`vacuum analyze`;
  await client`checkpoint`;
  await client.end();
}

/** How many participants have read the message of each conversation, as stored. */
export async function readersIn(
  databaseUrl: string,
): Promise<Map<string, number>> {
  const client = openClient(databaseUrl);
  const rows = await client<{ id: string; readers: number }[]>`
    select conversation_id as id, count(*)::int as readers from participants
    where role = 'MEMBER' and read = '{[1,2)}' group by conversation_id`;
  await client.end();
  return new Map(rows.map(({ id, readers }) => [id, readers]));
}
