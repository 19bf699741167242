import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { keyOf } from "../../db/fragments.js";
import type { LockedConversation } from "../conversations/membership-queries.js";
import { addressed } from "../conversations/policy-fragments.js";
import type { Stay } from "./whereabouts-queries.js";

// Every function here runs one statement of a transaction.

/** Notes that a user is being erased, with the id that stands for theirs from now on. A second time changes nothing. */
export async function insertErasure(
  tx: Db,
  digest: string,
  alias: string,
): Promise<void> {
  await tx.execute(sql`
    insert into erasures (digest, alias) values (${digest}, ${alias}) on conflict do nothing`);
}

/** The id that stands for a user's; null where the user was not erased, or has been for good. */
export async function selectAlias(
  tx: Db,
  digest: string,
): Promise<string | null> {
  const [row] = await tx.execute<{ alias: string | null }>(sql`
    select alias from erasures where digest = ${digest}`);
  return row?.alias ?? null;
}

/** A user who is being erased, in a conversation that they have left and that is locked. */
export interface Leaver {
  readonly userId: string;
  /** The id that stands for theirs. */
  readonly alias: string;
  readonly conversation: LockedConversation;
  readonly number: number;
  /** The version in which they left. */
  readonly lastMove: number;
}

/** Locks the row of a participant who is gone. Returns whether it still has their id. */
export async function lockGone(
  tx: Db,
  id: string,
  userId: string,
): Promise<boolean> {
  const rows = await tx.execute(sql`
    select from participants participant
    where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
      and participant.user_id = ${userId} and participant.left_at is not null for update`);
  return rows.length > 0;
}

/**
 * Blanks some of the messages that a user sent, gives them the other sender and forgets their clientIds. The log tells
 * of them as of deleted messages (R13).
 * @param after only messages with a greater seq
 * @returns how many, and the last of them
 */
export async function forgetMessages(
  tx: Db,
  { userId, alias, conversation, number }: Leaver,
  after: number,
  limit: number,
): Promise<{ count: number; last: number }> {
  const { id, version, at } = conversation;
  const [row] = await tx.execute<{ count: number; last: number }>(sql`
    with
    -- a message of theirs
    own as (
      select message.seq, message.client_id from messages message
      where message.conversation_key = ${keyOf(id)} and message.sender_number = ${number}::int4
        and message.seq > ${after}::int4 and message.sender_id = ${userId}
      order by message.seq limit ${limit}::int8 for update
    ),
    forgotten_key as (
      delete from message_keys known using own
      where known.conversation_key = ${keyOf(id)} and known.sender_number = ${number}::int4
        and known.client_id = own.client_id
    ),
    blanked as (
      update messages message
      set body = null, file_type = null, client_id = own.seq::text, sender_id = ${alias},
        deleted_at = coalesce(message.deleted_at, ${at}::timestamptz)
      from own where message.conversation_key = ${keyOf(id)} and message.seq = own.seq
    ),
    logged as (
      insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at)
      select ${keyOf(id)}, ${version + 1}::int8, ${number}::int4, 'DELETED', lower(run), upper(run) - 1,
        ${at}::timestamptz
      from (select range_agg(int8range(own.seq, own.seq + 1)) as seqs from own) told, unnest(told.seqs) run
    )
    select count(*)::int as count, coalesce(max(own.seq), ${after}::int4) as last from own`);
  return row ?? { count: 0, last: after };
}

/** The parts of a participant's rows in the log, each of which has an index or is small. */
const parts: Record<"DELIVERED" | "READ" | "PRIVATE" | "moves", SQL> = {
  DELIVERED: sql`log.kind = 'DELIVERED'`,
  READ: sql`log.kind = 'READ'`,
  PRIVATE: sql`log.kind = 'PRIVATE'`,
  moves: sql`log.kind in ('JOINED', 'LEFT')`,
};

/** The version in which a participant who is gone left last: what tells of it stays until they are forgotten. */
export async function selectLastMove(
  tx: Db,
  { conversationId, number }: Stay,
): Promise<number> {
  const [row] = await tx.execute<{ version: number }>(sql`
    select coalesce(max(log.version), 0) as version from receipt_log log
    where log.conversation_key = ${keyOf(conversationId)} and log.participant_number = ${number}::int4
      and ${parts.moves}`);
  return row?.version ?? 0;
}

/**
 * Forgets some of the rows of the log that tell what a user did. Those of their deleted messages stay: they tell of
 * the messages. It needs no lock of the conversation, and holds up nobody.
 * @returns how many
 */
export async function forgetLog(
  tx: Db,
  { conversationId, number }: Stay,
  part: keyof typeof parts,
  lastMove: number,
  limit: number,
): Promise<number> {
  const rows = await tx.execute<{ count: number }>(sql`
    with gone as (
      delete from receipt_log log
      where log.conversation_key = ${keyOf(conversationId)} and log.participant_number = ${number}::int4
        and ${parts[part]} and log.version <> ${lastMove}::int8 and log.first_seq <= (
          select coalesce(max(chunk.first_seq), 0) from (
            select log.first_seq from receipt_log log
            where log.conversation_key = ${keyOf(conversationId)} and log.participant_number = ${number}::int4
              and ${parts[part]} and log.version <> ${lastMove}::int8
            order by log.first_seq limit ${limit}::int8
          ) chunk)
      returning log.first_seq
    )
    select count(*)::int as count from gone`);
  return rows[0]?.count ?? 0;
}

/**
 * Forgets a participant who is gone: their row stands for nobody. The log tells of all messages of which they were
 * ever a recipient, since what it had told of them is forgotten.
 */
export async function forgetParticipant(
  tx: Db,
  { userId, alias, conversation, number, lastMove }: Leaver,
): Promise<void> {
  const { id, version, lastSeq, at } = conversation;
  await tx.execute(sql`
    with
    -- the participant before
    gone as (
      select participant.number, ${addressed(sql`participant`)} as messages from participants participant
      where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
        and participant.user_id = ${userId} and participant.left_at is not null
      for update
    ),
    forgotten as (
      update participants participant
      set user_id = ${alias}, joined_at = ${at}::timestamptz, left_at = ${at}::timestamptz, member = '{}',
        delivered = '{}', read = '{}', hidden = '{}', is_observer = false, observed = '{}', withheld = '{}',
        flagged = null, flag_firsts = null, flag_versions = null, muted_until = null, sent_count = 0
      from gone where participant.conversation_key = ${keyOf(id)} and participant.number = gone.number
    ),
    forgotten_move as (
      delete from receipt_log log
      where log.conversation_key = ${keyOf(id)} and log.version = ${lastMove}::int8
        and log.participant_number = ${number}::int4 and ${parts.moves}
    )
    insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, at)
    select ${keyOf(id)}, ${version + 1}::int8, gone.number, 'LEFT', coalesce(lower(told.run), ${lastSeq + 1}::int8),
      coalesce(upper(told.run) - 1, ${lastSeq}::int8), ${at}::timestamptz
    from gone left join lateral unnest(gone.messages) as told (run) on true`);
}

/** Forgets the mentions of a user in a conversation. */
export async function forgetMentions(
  tx: Db,
  conversationKey: string,
  userId: string,
): Promise<void> {
  await tx.execute(sql`
    delete from mentions mention
    where mention.conversation_key = ${conversationKey}::int8 and mention.user_id = ${userId}`);
}

/** Forgets which conversations a user's clientIds made. */
export async function forgetConversationKeys(
  tx: Db,
  userId: string,
): Promise<void> {
  await tx.execute(
    sql`delete from conversation_keys where creator_id = ${userId}`,
  );
}

/**
 * Waits, at most so long, until every statement that stores rows of a table has ended, and lets none begin before this
 * transaction has ended. A statement that began before the erasure might store something of the user behind it.
 */
export async function lockTable(
  tx: Db,
  table: "mentions" | "users",
  waitMs: number,
): Promise<void> {
  await tx.execute(
    sql`select set_config('lock_timeout', ${String(waitMs)}, true)`,
  );
  await tx.execute(
    sql`lock table ${sql.raw(table)} in share row exclusive mode`,
  );
}

/** Forgets a user's row. */
export async function forgetUser(tx: Db, userId: string): Promise<void> {
  await tx.execute(sql`delete from users where id = ${userId}`);
}

/** Notes that the erasure is done: nothing leads from the user to the id that stands for theirs. */
export async function endErasure(tx: Db, digest: string): Promise<void> {
  await tx.execute(
    sql`update erasures set alias = null where digest = ${digest}`,
  );
}
