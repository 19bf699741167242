import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { changeTime, thisTransaction } from "../../db/fragments.js";
import { waitsAtMost } from "../../db/locking.js";
import {
  inConversation,
  perConversation,
  prepareForOneConversation,
  preparePerConversation,
} from "../../db/per-conversation.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import { messageFields, messageRow } from "./fragments.js";
import { insertMessages, insertMessagesOnceFree } from "./insert-statement.js";
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
  /** Whether it never counts as unread (R35). */
  readonly isSilent?: boolean;
  /** The ids of those whom it mentions, an empty one for all (R36); null for nobody. */
  readonly mentions?: readonly string[] | null;
  /** SHA-256 of everything that a repeat must have in common with the first message. */
  readonly contentDigest: string;
}

/** What messages are stored on, and what they wait for. */
export interface InsertTerms {
  /**
   * How long they wait for their conversation where another transaction has locked it, in milliseconds; null for
   * not at all. Messages of one conversation alone may wait.
   */
  readonly waitMs: number | null;
  /** Messages of a sender whose stored sets take more bytes are passed over. */
  readonly largestSets: number;
}

/** The message that a sender's clientId made, and the digest of its content when it was sent. */
export interface KeyedMessage extends MessageRow {
  readonly contentDigest: string;
}

/** The messages of a conversation that a page is taken from. */
export interface MessageWindow {
  readonly conversationId: string;
  /** The messages that may show, as a multirange. */
  readonly visible: string;
  /** Only messages with a greater seq. */
  readonly above: number;
  /** Only messages with a lower seq. */
  readonly below: number;
  readonly limit: number;
  /** The user whose turn the statement takes; null for nobody's. */
  readonly owner: string | null;
}

const message = sql`message`;

/** The messages that these senders' clientIds made in conversations; no row for an unknown clientId. */
const byKey = perConversation({
  name: "messages_by_key",
  parameters: { senderIds: "text[]", clientIds: "text[]" },
  row: rowOf<KeyedMessage>({ ...messageRow.columns, contentDigest: "text" }),
  text: ({ items, key }, { senderIds, clientIds }) => sql`
    select ${messageFields(message)}, known.content_digest as "contentDigest"
    from ${items(sql`asked`, { sender_id: senderIds, client_id: clientIds })}
    join participants sender
      on sender.conversation_key = ${key(sql`asked.conversation_key`)} and sender.user_id = asked.sender_id
        and sender.conversation_id = asked.conversation_id
    join message_keys known
      on known.conversation_key = ${key(sql`sender.conversation_key`)} and known.sender_number = sender.number
        and known.client_id = asked.client_id
    join messages message
      on message.conversation_key = ${key(sql`known.conversation_key`)} and message.seq = known.seq`,
});

/** Messages by conversation and seq; no row for a message that does not exist. */
const byRef = perConversation({
  name: "messages_by_place",
  parameters: { seqs: "int8[]" },
  row: messageRow,
  text: ({ items, key }, { seqs }) => sql`
    select ${messageFields(message)}
    from ${items(sql`asked`, { seq: seqs })}
    join messages message
      on message.conversation_key = ${key(sql`asked.conversation_key`)} and message.seq = asked.seq
        and message.conversation_id = asked.conversation_id`,
});

const page = (direction: "asc" | "desc") =>
  statement({
    name: `messages_page_${direction}`,
    parameters: {
      conversationKey: "key",
      conversationId: "text",
      visible: "int8multirange",
      above: "int8",
      below: "int8",
      limit: "int8",
    },
    row: messageRow,
    text: ({
      conversationKey,
      conversationId,
      visible,
      above,
      below,
      limit,
    }) => sql`
    select ${messageFields(message)}
    from messages message
    where message.conversation_key = ${conversationKey} and message.conversation_id = ${conversationId}
      and message.seq > ${above} and message.seq < ${below}
      and ${visible} @> message.seq::int8
    order by message.seq ${sql.raw(direction)}
    limit ${limit}`,
  });

const forward = page("asc");
const backward = page("desc");

/**
 * Blanks a message, once: a second time changes nothing and gives no row. Locks the conversation
 * before it reads the message, which it locks as well; waits for both locks for so long.
 */
const blank = statement({
  name: "blank_message",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    seq: "int8",
    senderId: "text",
    waitMs: "int8",
  },
  row: rowOf<{ version: number }>({ version: "int8" }),
  text: ({ conversationKey, conversationId, seq, senderId, waitMs }) => sql`
    with
    -- the conversation, locked, with the version and time of this change
    locked_conversation as (
      select conversation.key as conversation_key, conversation.version + 1 as version,
        ${changeTime(sql`conversation`)} as at
      from conversations conversation
      where conversation.key = ${conversationKey} and conversation.id = ${conversationId} and ${waitsAtMost(waitMs)} for update
    ),
    -- the message, where it was not blank before
    blanked as (
      update messages message set body = null, deleted_at = conversation.at
      from locked_conversation conversation
      where message.conversation_key = ${conversationKey} and message.seq = ${seq}
        and message.sender_id = ${senderId} and message.deleted_at is null
      returning message.conversation_key, message.seq, message.sender_number, conversation.version, conversation.at
    ),
    -- the change as the stream is told of it
    logged as (
      insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at)
      select conversation_key, version, sender_number, 'DELETED', seq, seq, at from blanked
    )
    update conversations conversation
    set version = blanked.version, changed_at = blanked.at, changed_xid = ${thisTransaction}
    from blanked where conversation.key = ${conversationKey}
    returning conversation.version`,
});

/** The statements on messages. */
export interface MessageQueries {
  /**
   * Stores messages. Gives a row for each that was new, had a present participant as its sender, and
   * was not passed over.
   */
  insert(
    items: readonly NewMessage[],
    terms: InsertTerms,
  ): Promise<readonly MessageRow[]>;
  /** The messages that the clientIds of these messages made before; no row for an unknown clientId. */
  byKey(items: readonly NewMessage[]): Promise<readonly KeyedMessage[]>;
  /** Messages by conversation and seq, in any order, whoever may see them. */
  byRef(refs: readonly MessageRef[]): Promise<readonly MessageRow[]>;
  /** A page of messages from the start of a window, in ascending order. */
  forward(window: MessageWindow): Promise<readonly MessageRow[]>;
  /** A page of messages from the end of a window, in descending order. */
  backward(window: MessageWindow): Promise<readonly MessageRow[]>;
  /** Blanks a message. Gives the conversation's new version; no row where the message was blank. */
  blank(
    message: MessageRef & { senderId: string },
    waitMs: number,
  ): Promise<readonly { version: number }[]>;
}

/** Prepares the statements on messages. `digestOf` gives what erasures have in the place of a user's id (R41). */
export function messageQueries(
  db: Db,
  digestOf: (userId: string) => string,
): MessageQueries {
  const run = {
    insert: preparePerConversation(db, insertMessages),
    insertOnceFree: prepareForOneConversation(db, insertMessagesOnceFree),
    byKey: preparePerConversation(db, byKey),
    byRef: preparePerConversation(db, byRef),
    forward: prepare(db, forward),
    backward: prepare(db, backward),
    blank: prepare(db, blank),
  };
  return {
    insert: (items, { waitMs, largestSets }) => {
      const conversationIds = idsOf(items);
      const values = {
        senderIds: items.map((item) => item.senderId),
        clientIds: items.map((item) => item.clientId),
        bodies: items.map((item) => item.body),
        types: items.map((item) => item.type),
        fileTypes: items.map((item) => item.fileType),
        digests: items.map((item) => item.contentDigest),
        silences: items.map(({ isSilent = false }) => isSilent),
        mentions: items.map(({ mentions }) =>
          mentions
            ? JSON.stringify(mentions.map((id) => [id, digestOf(id)]))
            : null,
        ),
        largestSets,
      };
      return waitMs === null
        ? run.insert(conversationIds, values)
        : run.insertOnceFree(conversationIds, { ...values, waitMs });
    },
    byKey: (items) =>
      run.byKey(idsOf(items), {
        senderIds: items.map((item) => item.senderId),
        clientIds: items.map((item) => item.clientId),
      }),
    byRef: (refs) =>
      run.byRef(idsOf(refs), { seqs: refs.map((ref) => ref.seq) }),
    forward: ({ conversationId, owner, ...window }) =>
      run.forward({ ...window, ...inConversation(conversationId) }, owner),
    backward: ({ conversationId, owner, ...window }) =>
      run.backward({ ...window, ...inConversation(conversationId) }, owner),
    blank: ({ conversationId, ...message }, waitMs) =>
      run.blank({ ...message, ...inConversation(conversationId), waitMs }),
  };
}

const idsOf = (items: readonly { readonly conversationId: string }[]) =>
  items.map((item) => item.conversationId);
