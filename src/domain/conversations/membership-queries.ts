import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import type { ParticipantRole } from "./participant.js";

/** A conversation's row as it stands now that we hold its lock. */
export interface LockedConversation {
  readonly id: string;
  readonly key: number;
  readonly version: number;
  readonly lastSeq: number;
  /** The time of the change that is being made. */
  readonly at: string;
}

/** Runs in a transaction; takes the conversation's lock, which every change in it takes first. */
export async function lockConversation(
  tx: Db,
  id: string,
): Promise<LockedConversation | null> {
  const [row] = await tx.execute<{
    id: string;
    key: number;
    version: number;
    lastSeq: number;
    at: string;
  }>(sql`
    select id, key, version, last_seq as "lastSeq",
      greatest(changed_at, date_trunc('milliseconds', clock_timestamp())) as at
    from conversations where id = ${id} for update`);
  return row ?? null;
}

/** Makes a conversation; false where there is one by that id already. */
export async function insertConversation(
  tx: Db,
  { id, title }: { id: string; title: string | null },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into conversations (id, title, created_at, changed_at, active_at)
    select ${id}::text, ${title}::text, at, at, at from date_trunc('milliseconds', clock_timestamp()) at
    on conflict do nothing returning id`);
  return rows.length > 0;
}

/** Makes sure that there is a row for each user: whoever is named may not have come yet. */
export async function insertUsers(
  tx: Db,
  userIds: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    insert into users (id) select id from unnest(${sql.param(userIds)}::text[]) id order by id
    on conflict do nothing`);
}

/** The first participants: members from message 1 on, the first of them the owner. */
export async function insertFounders(
  tx: Db,
  id: string,
  userIds: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    insert into participants (conversation_id, user_id, role, is_founder, joined_at, member)
    select c.id, i.user_id, (case i.n when 1 then 'OWNER' else 'MEMBER' end)::participant_role, true,
      c.created_at, '{[1,)}'
    from conversations c, unnest(${sql.param(userIds)}::text[]) with ordinality as i (user_id, n)
    where c.id = ${id}
    order by i.user_id`);
}

/** Who was named when the conversation was made. */
export async function selectFounders(tx: Db, id: string): Promise<string[]> {
  const rows = await tx.execute<{ userId: string }>(sql`
    select user_id as "userId" from participants where conversation_id = ${id} and is_founder`);
  return rows.map((row) => row.userId);
}

/** Who of these users is in the conversation now, and what they are there. */
export async function selectPresent(
  tx: Db,
  id: string,
  userIds: readonly string[],
): Promise<Map<string, ParticipantRole>> {
  const rows = await tx.execute<{
    userId: string;
    role: ParticipantRole;
  }>(sql`
    select user_id as "userId", role from participants
    where conversation_id = ${id} and left_at is null and user_id = any(${sql.param(userIds)}::text[])`);
  return new Map(rows.map((row) => [row.userId, row.role]));
}

/** How many are in the conversation now. */
export async function countPresent(tx: Db, id: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from participants where conversation_id = ${id} and left_at is null`);
  return row?.count ?? 0;
}

/**
 * Lets users in, from the next message on. Whoever was there before comes back with what was sent
 * to them then (R2), and the stream is told of those messages: their recipients are more by one.
 */
export async function insertParticipants(
  tx: Db,
  { id, key, version, lastSeq, at }: LockedConversation,
  userIds: readonly string[],
): Promise<void> {
  await tx.execute(sql`
    with joined as (
      insert into participants as p (conversation_id, user_id, role, is_founder, joined_at, member)
      select ${id}::text, user_id, 'MEMBER', false, ${at}::timestamptz,
        int8multirange(int8range(${lastSeq + 1}::int8, null))
      from unnest(${sql.param(userIds)}::text[]) user_id order by user_id
      on conflict (conversation_id, user_id) do update
        set member = p.member + excluded.member, joined_at = excluded.joined_at, left_at = null
        where p.left_at is not null
      returning key, member
    )
    insert into receipt_log (conversation_key, version, participant_key, kind, first_seq, last_seq, at)
    select ${key}::int8, ${version + 1}::int8, key, 'JOINED'::log_kind, lower(r), upper(r) - 1, ${at}::timestamptz
    from joined, unnest(member * int8multirange(int8range(1, ${lastSeq + 1}::int8))) r
    union all
    select ${key}::int8, ${version + 1}::int8, key, 'JOINED', ${lastSeq + 1}::int4, ${lastSeq}::int4, ${at}::timestamptz
    from joined`);
}

/** Ends a user's stay: what is sent from now on is not for them. */
export async function endStay(
  tx: Db,
  { id, key, version, lastSeq, at }: LockedConversation,
  userId: string,
): Promise<void> {
  await tx.execute(sql`
    with gone as (
      update participants
      set left_at = ${at}::timestamptz,
        member = member * int8multirange(int8range(1, ${lastSeq + 1}::int8))
      where conversation_id = ${id} and user_id = ${userId} and left_at is null
      returning key, member
    )
    insert into receipt_log (conversation_key, version, participant_key, kind, first_seq, last_seq, at)
    select ${key}::int8, ${version + 1}::int8, key, 'LEFT'::log_kind, lower(r), upper(r) - 1, ${at}::timestamptz
    from gone, unnest(member) r
    union all
    select ${key}::int8, ${version + 1}::int8, key, 'LEFT', ${lastSeq + 1}::int4, ${lastSeq}::int4, ${at}::timestamptz
    from gone`);
}

/** Makes the change visible to the stream. */
export async function bumpVersion(
  tx: Db,
  { id, version, at }: LockedConversation,
): Promise<number> {
  await tx.execute(sql`
    update conversations set version = ${version + 1}, changed_at = ${at}::timestamptz where id = ${id}`);
  return version + 1;
}
