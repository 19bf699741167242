import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { prepare } from "../../db/prepare.js";
import type { MessageRow } from "./message.js";
import type { MessageRef } from "./message-id.js";

/** A message to be stored. */
export interface NewMessage {
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly body: string | null;
  readonly type: string;
  readonly fileType: string | null;
  /** SHA-256 of all that a repeat must have in common with the first. */
  readonly contentDigest: string;
}

/** The message that a sender's clientId made, and what it held when it was sent. */
export interface KeyedMessage extends MessageRow {
  readonly contentDigest: string;
}

/** The columns of {@link MessageRow}, from `messages m`. */
export const messageColumns = sql`
  m.conversation_id as "conversationId", m.seq, m.version, m.sender_id as "senderId",
  m.client_id as "clientId", m.body, m.type, m.file_type as "fileType",
  m.sent_at as "sentAt", m.deleted_at as "deletedAt"`;

/**
 * How many of a participant's own messages lie in a range of sequence numbers: the ordinal of the last
 * one before its end less that of the last one before its start. Two index probes, whatever the number.
 */
export function ownMessagesIn(participantKey: SQL, range: SQL): SQL {
  const ordinalBefore = (seq: SQL) => sql`coalesce((
    select own.sender_ordinal from messages own
    where own.sender_key = ${participantKey} and own.seq < ${seq}
    order by own.seq desc limit 1), 0)`;
  return sql`(${ordinalBefore(sql`upper(${range})`)} - ${ordinalBefore(sql`lower(${range})`)})`;
}

export type MessageQueries = ReturnType<typeof messageQueries>;

/** The statements on messages. */
export function messageQueries(db: Db) {
  /**
   * Stores messages, numbering them. One statement, so one commit.
   *
   * Locking: conversations in order of id, then the senders' participant rows. Both are read as
   * they stand once locked, so numbers have no gaps. A clientId known already stores nothing and
   * gives no row; one that another transaction is just storing violates `message_keys`' key: the
   * caller then asks again, alone. A sender who is no participant gives no row.
   *
   * A sender who had read all that stands before their own message has read up to it: their run
   * goes on, so that it never breaks at their own messages.
   */
  const insert = prepare<
    {
      conversationIds: string[];
      senderIds: string[];
      clientIds: string[];
      bodies: (string | null)[];
      types: string[];
      fileTypes: (string | null)[];
      digests: string[];
    },
    MessageRow
  >(
    db,
    "insert_messages",
    sql`
    with handed_in as (
      select * from unnest(
        ${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("senderIds")}::text[],
        ${sql.placeholder("clientIds")}::text[], ${sql.placeholder("bodies")}::text[],
        ${sql.placeholder("types")}::text[], ${sql.placeholder("fileTypes")}::text[],
        ${sql.placeholder("digests")}::text[]
      ) with ordinality as i (conversation_id, sender_id, client_id, body, type, file_type, digest, position)
    ),
    item as (
      select distinct on (i.sender_id, i.client_id) i.* from handed_in i
      where not exists (
        select from message_keys k where k.sender_id = i.sender_id and k.client_id = i.client_id)
      order by i.sender_id, i.client_id, i.position
    ),
    conversation as (
      select c.id, c.version + 1 as version, c.last_seq,
        greatest(c.changed_at, date_trunc('milliseconds', clock_timestamp())) as at
      from conversations c
      where c.id in (select conversation_id from item)
      order by c.id
      for update
    ),
    sender as (
      select p.conversation_id, p.user_id, p.key, p.sent_count, p.member, p.read
      from participants p join conversation c on c.id = p.conversation_id
      where (p.conversation_id, p.user_id) in (select conversation_id, sender_id from item)
        and p.left_at is null
      order by p.conversation_id, p.user_id
      for update of p
    ),
    numbered as (
      select i.*, c.version, c.at, s.key as sender_key,
        c.last_seq + row_number() over (partition by c.id order by i.position) as seq,
        s.sent_count + row_number() over (partition by c.id, i.sender_id order by i.position) as ordinal
      from item i
      join conversation c on c.id = i.conversation_id
      join sender s on s.conversation_id = i.conversation_id and s.user_id = i.sender_id
    ),
    keyed as (
      insert into message_keys (sender_id, client_id, conversation_id, seq, content_digest)
      select sender_id, client_id, conversation_id, seq, digest from numbered order by 1, 2
    ),
    stored as (
      insert into messages as m (conversation_id, seq, version, sender_id, sender_key, sender_ordinal,
        client_id, body, type, file_type, sent_at)
      select conversation_id, seq, version, sender_id, sender_key, ordinal, client_id, body, type, file_type, at
      from numbered
      returning ${messageColumns}
    ),
    bumped as (
      update conversations c
      set version = n.version, last_seq = n.seq, changed_at = n.at, active_at = n.at
      from (select conversation_id, version, at, max(seq) as seq from numbered group by 1, 2, 3) n
      where c.id = n.conversation_id
    ),
    own_run as (
      select n.conversation_id, n.sender_id, count(*) as count,
        (select coalesce(range_agg(r), '{}') from unnest(range_agg(int8range(n.seq, n.seq + 1))) r
         where s.read @> lower(r) - 1 or not s.member @> lower(r) - 1) as run
      from numbered n
      join sender s on s.conversation_id = n.conversation_id and s.user_id = n.sender_id
      group by n.conversation_id, n.sender_id, s.read, s.member
    ),
    counted as (
      update participants p
      set sent_count = p.sent_count + o.count, read = p.read + o.run, delivered = p.delivered + o.run
      from own_run o
      where p.conversation_id = o.conversation_id and p.user_id = o.sender_id
    )
    select * from stored`,
  );

  /** The messages that these senders' clientIds made; no row where there is none. */
  const byKey = prepare<
    { senderIds: string[]; clientIds: string[] },
    KeyedMessage
  >(
    db,
    "messages_by_key",
    sql`
    select ${messageColumns}, k.content_digest as "contentDigest"
    from unnest(${sql.placeholder("senderIds")}::text[], ${sql.placeholder("clientIds")}::text[])
      as i (sender_id, client_id)
    join message_keys k using (sender_id, client_id)
    join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq`,
  );

  /** Messages by place; no row where there is none. Says nothing of who may see them. */
  const byPlace = prepare<
    { conversationIds: string[]; seqs: number[] },
    MessageRow
  >(
    db,
    "messages_by_place",
    sql`
    select ${messageColumns}
    from unnest(${sql.placeholder("conversationIds")}::text[], ${sql.placeholder("seqs")}::int8[])
      as i (conversation_id, seq)
    join messages m on m.conversation_id = i.conversation_id and m.seq = i.seq`,
  );

  /** A page of the messages that lie in `visible`, after or before a seq, in the order of reading. */
  const page = (direction: "asc" | "desc") =>
    prepare<
      {
        conversationId: string;
        visible: string;
        above: number;
        below: number;
        limit: number;
      },
      MessageRow
    >(
      db,
      `messages_page_${direction}`,
      sql`
      select ${messageColumns}
      from messages m
      where m.conversation_id = ${sql.placeholder("conversationId")}
        and m.seq > ${sql.placeholder("above")}::int8 and m.seq < ${sql.placeholder("below")}::int8
        and ${sql.placeholder("visible")}::int8multirange @> m.seq::int8
      order by m.seq ${sql.raw(direction)}
      limit ${sql.placeholder("limit")}::int8`,
    );

  /**
   * Blanks a message and tells the stream, once: a second time changes nothing and gives no row.
   * Locks the conversation before it reads the message, which it locks as well.
   */
  const blank = prepare<
    { conversationId: string; seq: number; senderId: string },
    { version: number }
  >(
    db,
    "blank_message",
    sql`
    with conversation as (
      select c.id, c.key, c.version + 1 as version,
        greatest(c.changed_at, date_trunc('milliseconds', clock_timestamp())) as at
      from conversations c where c.id = ${sql.placeholder("conversationId")} for update
    ),
    blanked as (
      update messages m set body = null, deleted_at = c.at
      from conversation c
      where m.conversation_id = c.id and m.seq = ${sql.placeholder("seq")}::int8
        and m.sender_id = ${sql.placeholder("senderId")} and m.deleted_at is null
      returning c.id, c.key, m.seq, m.sender_key, c.version, c.at
    ),
    logged as (
      insert into receipt_log (conversation_key, version, participant_key, kind, first_seq, last_seq, at)
      select key, version, sender_key, 'DELETED', seq, seq, at from blanked
    )
    update conversations c set version = b.version, changed_at = b.at
    from blanked b where c.id = b.id
    returning c.version`,
  );

  return {
    insert: (items: readonly NewMessage[]) =>
      insert({
        conversationIds: items.map((i) => i.conversationId),
        senderIds: items.map((i) => i.senderId),
        clientIds: items.map((i) => i.clientId),
        bodies: items.map((i) => i.body),
        types: items.map((i) => i.type),
        fileTypes: items.map((i) => i.fileType),
        digests: items.map((i) => i.contentDigest),
      }),
    byKey: (items: readonly NewMessage[]) =>
      byKey({
        senderIds: items.map((i) => i.senderId),
        clientIds: items.map((i) => i.clientId),
      }),
    byPlace: (places: readonly MessageRef[]) =>
      byPlace({
        conversationIds: places.map((p) => p.conversationId),
        seqs: places.map((p) => p.seq),
      }),
    forward: page("asc"),
    backward: page("desc"),
    blank,
  };
}
