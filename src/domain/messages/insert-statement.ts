/*
 * Stores messages and numbers them. One statement, so one commit.
 *
 * Locking: conversations in order of key, then the senders' participant rows. The statement reads
 * both as they stand once locked, so numbers have no gaps. A known clientId stores nothing and gives
 * no row. A clientId that another transaction is storing at the same moment violates the key of
 * `message_keys`; the caller then runs the message again, alone. A sender who is no participant gives
 * no row.
 *
 * The statement comes in two. The ordinary one passes over conversations that another transaction has
 * locked, so that nobody in the batch waits for another's conversation; the other one waits for one. Both
 * pass over a sender whose row another transaction has locked, or whose sets are larger than the caller
 * wants to work on. A message that was passed over gives no row either.
 *
 * A sender who had read every message before their own has read up to their own as well: their run
 * of reads goes on, so that it never breaks at their own messages.
 *
 * Example. A conversation at version 40 has the messages 1 to 5. Bob has read all of them, Alice none
 * of the last two. Bob, Alice and Bob send a message each, in one batch:
 *
 *   handed in        Bob        Alice      Bob
 *   seq              6          7          8
 *   ordinal          Bob's 3rd  Alice's 4th  Bob's 4th
 *
 *   Bob's read       1–5 before, 1–6 after: 8 stands behind Alice's 7, which he has not read
 *   Alice's read     1–3 before and after
 *   rows written     3 message_keys, 3 messages, 2 participants, 1 conversation (version 41, last_seq 8)
 */

import { sql, type SQL } from "drizzle-orm";
import { changeTime, thisTransaction } from "../../db/fragments.js";
import { lockClause, waitsAtMost, type Locking } from "../../db/locking.js";
import {
  forOneConversation,
  perConversation,
  type Asked,
} from "../../db/per-conversation.js";
import type { Placeholders } from "../../db/prepare.js";
import { messageFields, messageRow } from "./fragments.js";

const parameters = {
  senderIds: "text[]",
  clientIds: "text[]",
  bodies: "text?[]",
  types: "text[]",
  fileTypes: "text?[]",
  digests: "text[]",
  silences: "bool[]",
  /**
   * For each message those whom it mentions, as a JSON array of pairs: an id, and its digest as erasures have it. The id
   * is empty for all; null for nobody.
   */
  mentions: "text?[]",
  /** The largest sets of a sender that are worked on, in bytes as stored. */
  largestSets: "int8",
} as const;

/** The messages that are new, and the rows that they concern, locked. */
const locked = (
  { items, key, isAmong }: Asked,
  handedIn: Placeholders<typeof parameters>,
  locking: Locking,
  condition: SQL,
) => sql`
    -- a message that was handed in
    handed_in as (
      select * from ${items(sql`message`, {
        sender_id: handedIn.senderIds,
        client_id: handedIn.clientIds,
        body: handedIn.bodies,
        type: handedIn.types,
        file_type: handedIn.fileTypes,
        digest: handedIn.digests,
        is_silent: handedIn.silences,
        mentions: handedIn.mentions,
      })}
    ),
    -- the first message of each clientId that is not known yet, of senders who are present: whoever is not
    -- takes no lock
    new_message as (
      select distinct on (handed_in.conversation_id, handed_in.sender_id, handed_in.client_id) handed_in.*
      from handed_in
      cross join lateral (
        select sender.conversation_key, sender.number from participants sender
        where sender.conversation_key = ${key(sql`handed_in.conversation_key`)}
          and sender.conversation_id = handed_in.conversation_id and sender.user_id = handed_in.sender_id
          and sender.left_at is null
        offset 0
      ) sender
      where not exists (
        select from message_keys known
        where known.conversation_key = ${key(sql`sender.conversation_key`)} and known.sender_number = sender.number
          and known.client_id = handed_in.client_id
        -- asked for each message: without the offset the planner may join all keys
        offset 0)
      order by handed_in.conversation_id, handed_in.sender_id, handed_in.client_id, handed_in.position
    ),
    -- a conversation that gets messages, locked, with the version and time of this change
    locked_conversation as (
      select conversation.key as conversation_key, conversation.id, conversation.version + 1 as version,
        conversation.last_seq, ${changeTime(sql`conversation`)} as at
      from conversations conversation
      where ${isAmong(sql`conversation`, sql`new_message`)} and ${condition}
      order by conversation.key for update ${lockClause(locking)}
    ),
    -- a present participant who sends, locked
    locked_sender as (
      select sender.conversation_id, sender.user_id, sender.number, sender.sent_count
      from (select distinct conversation_id, sender_id from new_message) sending
      join locked_conversation conversation on conversation.id = sending.conversation_id
      join participants sender
        on sender.conversation_key = ${key(sql`conversation.conversation_key`)} and sender.user_id = sending.sender_id
      where sender.left_at is null
        and pg_column_size(sender.read) + pg_column_size(sender.delivered) <= ${handedIn.largestSets}
      order by sender.conversation_key, sender.user_id for update of sender skip locked
    )`;

/** Everything that the messages write. */
const writes = ({ key }: Asked) => sql`
    -- a message with its numbers, in its conversation and among those of its sender
    numbered as (
      select new_message.*, conversation.version, conversation.at, sender.number as sender_number,
        conversation.last_seq
          + row_number() over (partition by conversation.id order by new_message.position) as seq,
        sender.sent_count
          + row_number() over (partition by conversation.id, new_message.sender_id order by new_message.position) as ordinal
      from new_message
      join locked_conversation conversation on conversation.id = new_message.conversation_id
      join locked_sender sender
        on sender.conversation_id = new_message.conversation_id and sender.user_id = new_message.sender_id
    ),
    -- a clientId that is known from now on
    stored_key as (
      insert into message_keys (conversation_key, sender_number, client_id, seq, content_digest)
      select conversation_key, sender_number, client_id, seq, digest from numbered order by 1, 2, 3
    ),
    -- a message as it was stored
    stored_message as (
      insert into messages as message (conversation_key, conversation_id, seq, version, sender_id, sender_number,
        sender_ordinal, client_id, body, type, file_type, sent_at)
      select conversation_key, conversation_id, seq, version, sender_id, sender_number, ordinal, client_id, body,
        type, file_type, at
      from numbered
      returning ${messageFields(sql`message`)}
    ),
    -- a message that never counts as unread (R35)
    stored_silence as (
      insert into silent_messages (conversation_key, seq)
      select conversation_key, seq from numbered where is_silent order by 1, 2
    ),
    -- a user whom a message mentions (R36); nothing is stored of whoever was erased (R41)
    stored_mention as (
      insert into mentions (conversation_key, user_id, seq)
      select numbered.conversation_key, mentioned ->> 0, numbered.seq
      from numbered cross join lateral json_array_elements(numbered.mentions::json) mentioned
      where not exists (
        select from erasures where erasures.digest = mentioned ->> 1
        -- asked for each mention: without the offset the planner may join all erasures
        offset 0)
      order by 1, 2, 3
    ),
    -- a conversation with its new version and newest message
    bumped_conversation as (
      update conversations conversation
      set version = newest.version, last_seq = newest.seq, changed_at = newest.at, active_at = newest.at,
        changed_xid = ${thisTransaction}
      from (
        select conversation_key, version, at, max(seq) as seq from numbered group by conversation_key, version, at
      ) newest
      where conversation.key = ${key(sql`newest.conversation_key`)}
    ),
    -- a sender, with their messages as runs
    sent as (
      select conversation_key, sender_id, count(*) as count, range_agg(int8range(seq, seq + 1)) as seqs
      from numbered group by conversation_key, sender_id
    ),
    -- a sender as written. The runs of messages that follow what they had read are read along; where
    -- there are none, no set is stored again
    written_sender as (
      update participants sender
      set (sent_count, read, delivered) = (
        select sender.sent_count + sent.count,
          case when along.runs is null then sender.read else sender.read + along.runs end,
          case when along.runs is null then sender.delivered else sender.delivered + along.runs end
        from (
          select range_agg(run) as runs from unnest(sent.seqs) run
          where sender.read @> lower(run) - 1 or not sender.member @> lower(run) - 1
        ) along
      )
      from sent
      where sender.conversation_key = ${key(sql`sent.conversation_key`)} and sender.user_id = sent.sender_id
    )`;

/** The whole statement. */
const text = (
  asked: Asked,
  handedIn: Placeholders<typeof parameters>,
  locking: Locking,
  condition: SQL,
) => sql`
    with
    ${locked(asked, handedIn, locking, condition)},
    ${writes(asked)}
    select * from stored_message`;

/** Stores messages and waits for nobody. The head of this file says how. */
export const insertMessages = perConversation({
  name: "insert_messages",
  parameters,
  row: messageRow,
  text: (asked, handedIn) => text(asked, handedIn, "skip", sql`true`),
});

/** Stores messages of one conversation, waiting for its lock for so long. */
export const insertMessagesOnceFree = forOneConversation({
  name: "insert_messages_once_free",
  parameters: { ...parameters, waitMs: "int8" },
  row: messageRow,
  text: (asked, { waitMs, ...handedIn }) =>
    text(asked, handedIn, "wait", waitsAtMost(waitMs)),
});
