/*
 * What a participant changes for themselves alone: messages flagged as unread, and mutes. Each statement locks the
 * conversation, then the participant, and computes from the locked row, as marks do. It bumps the version and writes one
 * PRIVATE row of the log, which shows to nobody else (R57), so that the user's other devices are told (R33).
 *
 * A flagging is a run from a message to the newest one. Later flaggings end no earlier than those before, so of a
 * flagged message only the first messages of the flaggings tell which was the last that flagged it: the newest one that
 * begins at it or before. A flagging that begins later than a newer one is told by the newer one, and forgotten.
 */

import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import {
  changeTime,
  millisecondsOf,
  thisTransaction,
} from "../../db/fragments.js";
import { waitsAtMost } from "../../db/locking.js";
import { inConversation } from "../../db/per-conversation.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import { isSilent } from "../conversations/unread-fragments.js";
import type { Membership } from "../conversations/participant.js";
import type { PositionAt } from "../conversations/position.js";

/**
 * So many flaggings are told apart. Past it the two oldest count as the later one of them, so that no mark takes off a
 * flag that is newer than what its device had seen.
 */
const mostFlaggings = sql.raw("64");

const parameters = {
  conversationKey: "key",
  conversationId: "text",
  userId: "text",
  waitMs: "int8",
} as const;

/** The conversation and the present participant, locked. */
const locked = (
  conversationKey: SQL,
  conversationId: SQL,
  userId: SQL,
  waitMs: SQL,
) => sql`
    locked_conversation as (
      select conversation.key as conversation_key, conversation.version, conversation.last_seq,
        conversation.changed_xid, conversation.changed_at, ${changeTime(sql`conversation`)} as at
      from conversations conversation
      where conversation.key = ${conversationKey} and conversation.id = ${conversationId} 
        -- whoever is not present takes no lock
        and exists (
          select from participants present
          where present.conversation_key = ${conversationKey} and present.user_id = ${userId} and present.left_at is null)
        and ${waitsAtMost(waitMs)}
      for update
    ),
    locked_participant as (
      select participant.conversation_key, participant.user_id, participant.number, participant.member,
        participant.flagged, participant.flag_firsts, participant.flag_versions, participant.muted_until,
        conversation.version, conversation.last_seq, conversation.at
      from locked_conversation conversation
      join participants participant
        on participant.conversation_key = ${conversationKey} and participant.user_id = ${userId}
      where participant.left_at is null
      for update of participant
    )`;

/** Tells the stream of a step `changed`, which has the participant and the run, and answers where the conversation stands. */
const told = (conversationKey: SQL, changed: SQL) => sql`
    logged as (
      insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at)
      select ${conversationKey}, version + 1, number, 'PRIVATE', first_seq, last_seq, at from ${changed}
    ),
    bumped_conversation as (
      update conversations conversation
      set version = changed.version + 1, changed_at = changed.at, changed_xid = ${thisTransaction}
      from ${changed} changed where conversation.key = ${conversationKey}
      returning conversation.version, conversation.changed_xid, conversation.changed_at
    )
    select bumped.version is not null as changed, coalesce(bumped.version, conversation.version) as version,
      conversation.last_seq as "lastSeq", coalesce(bumped.changed_xid, conversation.changed_xid) as xid,
      ${millisecondsOf(sql`coalesce(bumped.changed_at, conversation.changed_at)`)} as "changedMs",
      pg_current_snapshot()::text as snapshot
    from locked_conversation conversation
    left join bumped_conversation bumped on true`;

/** What a private change did, and where the conversation's stream stands after it. */
export interface PrivateChange extends PositionAt {
  readonly changed: boolean;
}

const row = rowOf<PrivateChange>({
  changed: "bool",
  version: "int8",
  lastSeq: "int4",
  xid: "int8",
  changedMs: "int8",
  snapshot: "text",
});

/**
 * Flags messages as unread, from one on; where none is named, from the newest one by another that counts. No row
 * where the user does not take part, or may not see the message that is named.
 */
const flag = statement({
  name: "flag_as_unread",
  parameters: { ...parameters, seq: "int8?", sentAt: "timestamptz?" },
  row,
  text: ({
    conversationKey,
    conversationId,
    userId,
    waitMs,
    seq,
    sentAt,
  }) => sql`
    with
    ${locked(conversationKey, conversationId, userId, waitMs)},
    -- the first message that is to show as unread
    begun as (
      select participant.*, coalesce(${seq}, (
        select message.seq from messages message
        where message.conversation_key = ${conversationKey} and message.seq <= participant.last_seq
          and message.sender_id <> ${userId} and message.deleted_at is null
          and participant.member @> message.seq::int8
          and not ${isSilent(conversationKey, sql`message.seq`)}
        order by message.seq desc limit 1
      ))::int as first_seq
      from locked_participant participant
    ),
    -- the participant, if they may see the message
    found as (
      select * from begun
      where ${seq} is null or (member @> ${seq} and exists (
        select from messages message
        where message.conversation_key = ${conversationKey} and message.seq = begun.first_seq
          and message.sent_at = ${sentAt}))
    ),
    flagged as (
      update participants participant
      set flagged = coalesce(participant.flagged, '{}')
          + found.member * int8multirange(int8range(found.first_seq, found.last_seq + 1)),
        (flag_firsts, flag_versions) = (
          select case when count(*) < ${mostFlaggings} then array_agg(first order by n)
              else (array_agg(first order by n))[1:1] || (array_agg(first order by n))[3:] end || found.first_seq,
            case when count(*) < ${mostFlaggings} then array_agg(version order by n)
              else (array_agg(version order by n))[2:] end || (found.version + 1)
          from unnest(found.flag_firsts, found.flag_versions) with ordinality as flagging (first, version, n)
          where first < found.first_seq
        )
      from found
      where participant.conversation_key = ${conversationKey} and participant.user_id = found.user_id
        and found.first_seq is not null
      returning found.number, found.version, found.at, found.first_seq, found.last_seq
    ),
    ${told(conversationKey, sql`flagged`)}
    where exists (select from found)`,
});

/** Mutes a conversation for a participant until a time, or no longer. No row where the user does not take part. */
const mute = statement({
  name: "mute_conversation",
  parameters: { ...parameters, until: "timestamptz?" },
  row,
  text: ({ conversationKey, conversationId, userId, waitMs, until }) => sql`
    with
    ${locked(conversationKey, conversationId, userId, waitMs)},
    muted as (
      update participants participant set muted_until = ${until}
      from locked_participant found
      where participant.conversation_key = ${conversationKey} and participant.user_id = found.user_id
        and found.muted_until is distinct from ${until}
      -- an empty run: no message is concerned
      returning found.number, found.version, found.at, 1 as first_seq, 0 as last_seq
    ),
    ${told(conversationKey, sql`muted`)}
    where exists (select from locked_participant)`,
});

/** The statements by which participants change something for themselves alone. Each waits for locks for so long. */
export interface PrivateChangeQueries {
  /**
   * Flags messages as unread from one on.
   * @param from the message; null for the newest one by another that counts
   */
  flag(
    key: Membership,
    from: { readonly seq: number; readonly sentMs: number } | null,
    waitMs: number,
  ): Promise<PrivateChange | null>;
  /** Mutes a conversation until a time; null for no longer. */
  mute(
    key: Membership,
    until: string | null,
    waitMs: number,
  ): Promise<PrivateChange | null>;
}

/** Prepares the statements by which participants change something for themselves alone. */
export function privateChangeQueries(db: Db): PrivateChangeQueries {
  const run = { flag: prepare(db, flag), mute: prepare(db, mute) };
  return {
    async flag({ conversationId, userId }, from, waitMs) {
      const [flagged] = await run.flag({
        ...{ ...inConversation(conversationId), userId, waitMs },
        seq: from?.seq ?? null,
        sentAt: from && new Date(from.sentMs).toISOString(),
      });
      return flagged ?? null;
    },
    async mute({ conversationId, userId }, until, waitMs) {
      const [muted] = await run.mute({
        ...{ ...inConversation(conversationId), userId, waitMs, until },
      });
      return muted ?? null;
    },
  };
}
