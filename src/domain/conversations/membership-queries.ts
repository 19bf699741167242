import { sql, type SQL } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { changeTime, keyOf, thisTransaction } from "../../db/fragments.js";
import { upTo } from "./fragments.js";
import type { Participation, ParticipantRole } from "./participant.js";
import { addressed } from "./policy-fragments.js";

// Every function here runs one statement of a transaction that changes who is in a conversation.

/** A conversation's row as it stands while the transaction holds its lock. */
export interface LockedConversation {
  readonly id: string;
  readonly version: number;
  readonly lastSeq: number;
  /** The newest participant's number. */
  readonly lastParticipant: number;
  /** The time of the change that the transaction makes. */
  readonly at: string;
}

const member: ParticipantRole = "MEMBER";

/** Takes the conversation's lock, which every change in it takes first; null for an unknown id. */
export async function lockConversation(
  tx: Db,
  id: string,
): Promise<LockedConversation | null> {
  const [row] = await tx.execute<{
    id: string;
    version: number;
    lastSeq: number;
    lastParticipant: number;
    at: string;
  }>(sql`
    select conversation.id, conversation.version, conversation.last_seq as "lastSeq",
      conversation.last_participant as "lastParticipant", ${changeTime(sql`conversation`)} as at
    from conversations conversation
    where conversation.key = ${keyOf(id)} and conversation.id = ${id} for update`);
  return row ?? null;
}

/** A present participant, as far as it matters to what they may do. */
interface PresentParticipant {
  readonly role: ParticipantRole;
  readonly isObserver: boolean;
}

/** Those of these users who are present participants. */
export async function selectPresent(
  tx: Db,
  id: string,
  userIds: readonly string[],
): Promise<Map<string, PresentParticipant>> {
  const rows = await tx.execute<{
    userId: string;
    role: ParticipantRole;
    isObserver: boolean;
  }>(sql`
    select participant.user_id as "userId", participant.role, participant.is_observer as "isObserver"
    from participants participant
    where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
      and participant.left_at is null and participant.user_id = any(${sql.param(userIds)}::text[])`);
  return new Map(rows.map(({ userId, ...row }) => [userId, row]));
}

/** The number of present participants. */
export async function countPresent(tx: Db, id: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from participants participant
    where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
      and participant.left_at is null`);
  return row?.count ?? 0;
}

/**
 * Lets users in, from the next message on, each with a number behind `lastParticipant`. A user who was in the
 * conversation before comes back with what was sent to them then (R2), as a MEMBER (R58), and keeps their
 * number, and the log tells the stream of those messages: each has one recipient more, where the user is no
 * observer.
 */
export async function insertParticipants(
  tx: Db,
  conversation: LockedConversation,
  userIds: readonly string[],
  participation: Participation,
): Promise<void> {
  const { id, lastSeq, lastParticipant, at } = conversation;
  const fromNowOn = sql`int8multirange(int8range(${lastSeq + 1}::int8, null))`;
  await tx.execute(sql`
    with
    -- a user who has come in
    joined as (
      insert into participants as participant (conversation_key, conversation_id, number, user_id, role, is_observer,
        is_founder, joined_at, member, observed)
      select ${keyOf(id)}, ${id}::text, ${lastParticipant}::int4 + added.n, added.user_id,
        ${member}::participant_role, observer.is_observer, false, ${at}::timestamptz, ${fromNowOn},
        case when observer.is_observer then ${fromNowOn} else '{}' end
      from unnest(${sql.param(userIds)}::text[]) with ordinality as added (user_id, n),
        (select ${isObserver(participation)} as is_observer) observer
      order by added.user_id
      on conflict (conversation_key, user_id) do update
        set member = participant.member + excluded.member, observed = participant.observed + excluded.observed,
          role = excluded.role, is_observer = excluded.is_observer, joined_at = excluded.joined_at, left_at = null
        where participant.left_at is not null
      returning participant.number, ${recipientOf(sql`participant`, conversation)} as concerned
    )
    ${logOf(conversation, "JOINED", sql`joined`)}`);
}

/** Ends a user's stay: no message sent from now on is for them. */
export async function endStay(
  tx: Db,
  conversation: LockedConversation,
  userId: string,
): Promise<void> {
  const { id, lastSeq, at } = conversation;
  const sent = sql`${lastSeq}::int8`;
  await tx.execute(sql`
    with
    -- the user who has left
    gone as (
      update participants participant
      set left_at = ${at}::timestamptz, member = ${upTo(sql`participant.member`, sent)},
        observed = ${upTo(sql`participant.observed`, sent)}
      where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
        and participant.user_id = ${userId} and participant.left_at is null
      returning participant.number, ${recipientOf(sql`participant`, conversation)} as concerned
    )
    ${logOf(conversation, "LEFT", sql`gone`)}`);
}

/**
 * Makes a participant a recipient or an observer, from the next message on (R39). The stream is told as if they
 * had come back or left.
 */
export async function changeParticipation(
  tx: Db,
  conversation: LockedConversation,
  userId: string,
  participation: Participation,
): Promise<void> {
  const { id, lastSeq } = conversation;
  const fromNowOn = sql`int8multirange(int8range(${lastSeq + 1}::int8, null))`;
  const observed: Record<Participation, SQL> = {
    RECIPIENT: sql`participant.observed - ${fromNowOn}`,
    OBSERVER: sql`participant.observed + ${fromNowOn}`,
  };
  const told = { RECIPIENT: "JOINED", OBSERVER: "LEFT" } as const;
  await tx.execute(sql`
    with
    -- the participant
    changed as (
      update participants participant
      set is_observer = ${isObserver(participation)}, observed = ${observed[participation]}
      where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
        and participant.user_id = ${userId} and participant.left_at is null
      returning participant.number, ${upTo(addressed(sql`participant`), sql`${lastSeq}::int8`)} as concerned
    )
    ${logOf(conversation, told[participation], sql`changed`)}`);
}

const isObserver = (participation: Participation) =>
  sql`${participation === "OBSERVER"}::bool`;

/** The messages that a participant who comes or goes is a recipient of: none for an observer. */
function recipientOf(participant: SQL, { lastSeq }: LockedConversation): SQL {
  return sql`case when ${participant}.is_observer then '{}'
    else ${upTo(addressed(participant), sql`${lastSeq}::int8`)} end`;
}

/**
 * Logs that participants have come or gone: one row for each, with the first and the last of the
 * messages of which they are recipients from now on, or no longer; with an empty run where no message
 * is concerned. The row has gaps where their stays do. The messages themselves are not written down:
 * they are what `member` without `observed` holds of that run, which no later stay changes. 1,000 leaves and returns wrote
 * 1,003,018 rows when each stay had a row of its own.
 * @param participants a common table expression with the `number` of each participant, and the messages
 * concerned
 */
function logOf(
  { id, version, lastSeq, at }: LockedConversation,
  kind: "JOINED" | "LEFT",
  participants: SQL,
): SQL {
  return sql`
    insert into receipt_log (conversation_key, version, participant_number, kind, first_seq, last_seq, has_gaps, at)
    select ${keyOf(id)}, ${version + 1}::int8, number, ${kind}::log_kind,
      coalesce(lower(concerned), ${lastSeq + 1}::int8), coalesce(upper(concerned) - 1, ${lastSeq}::int8),
      concerned <> int8multirange(range_merge(concerned)), ${at}::timestamptz
    from ${participants}`;
}

/**
 * Gives the conversation its new version, by which streams find the change. Returns the version.
 * @param joined how many numbers of participants were given out
 */
export async function bumpVersion(
  tx: Db,
  { id, version, lastParticipant, at }: LockedConversation,
  joined = 0,
): Promise<number> {
  await tx.execute(sql`
    update conversations conversation
    set version = ${version + 1}, last_participant = ${lastParticipant + joined}::int4,
      changed_at = ${at}::timestamptz, changed_xid = ${thisTransaction}
    where conversation.key = ${keyOf(id)} and conversation.id = ${id}`);
  return version + 1;
}
