import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";

// Every function here runs one statement of a transaction that decides who may take part.

/**
 * Stores a row for each user who has none: a participant may be named before they first use a token.
 * @returns the users who had none
 */
export async function insertUsers(
  tx: Db,
  userIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    insert into users (id) select id from unnest(${sql.param(userIds)}::text[]) id order by id
    on conflict do nothing returning id`);
  return rows.map(({ id }) => id);
}

/**
 * Keeps these users from being deactivated or erased until the transaction has ended, in order of id.
 * @returns the users who are still there
 */
export async function holdUsers(
  tx: Db,
  userIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from users where id = any(${sql.param(userIds)}::text[]) order by id for key share`);
  return new Set(rows.map(({ id }) => id));
}

/** Waits until nobody else holds the user's row, and locks it. */
export async function lockUser(tx: Db, userId: string): Promise<void> {
  await tx.execute(sql`select from users where id = ${userId} for update`);
}

/** Of these users, those who are deactivated. */
export async function selectDeactivated(
  tx: Db,
  userIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.execute<{ id: string }>(sql`
    select user_id as id from deactivations where user_id = any(${sql.param(userIds)}::text[])`);
  return new Set(rows.map(({ id }) => id));
}

/** Of these digests, those of erased users. */
export async function selectErased(
  tx: Db,
  digests: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.execute<{ digest: string }>(sql`
    select digest from erasures where digest = any(${sql.param(digests)}::text[])`);
  return new Set(rows.map(({ digest }) => digest));
}
