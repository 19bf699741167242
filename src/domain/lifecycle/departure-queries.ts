import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { keyOf } from "../../db/fragments.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";
import type { Participation } from "../conversations/participant.js";

/** The conversations that a user is in. */
const presentIn = statement({
  name: "present_in",
  parameters: { userId: "text" },
  row: rowOf<{ conversationId: string }>({ conversationId: "text" }),
  text: ({ userId }) => sql`
    select participant.conversation_id as "conversationId" from participants participant
    where participant.user_id = ${userId} and participant.left_at is null
    order by participant.conversation_key`,
});

/** The conversations that a user was taken out of by being deactivated. */
const departedFrom = statement({
  name: "departed_from",
  parameters: { userId: "text" },
  row: rowOf<{ conversationId: string }>({ conversationId: "text" }),
  text: ({ userId }) => sql`
    select departure.conversation_id as "conversationId" from departures departure
    where departure.user_id = ${userId} order by departure.conversation_key`,
});

/** The statements that find the conversations of users who go or come back. */
export interface DepartureQueries {
  /** The conversations that a user is in. */
  presentIn(userId: string): Promise<readonly string[]>;
  /** The conversations that a user was taken out of by being deactivated. */
  departedFrom(userId: string): Promise<readonly string[]>;
}

/** Prepares the statements that find the conversations of users who go or come back. */
export function departureQueries(db: Db): DepartureQueries {
  const run = {
    presentIn: prepare(db, presentIn),
    departedFrom: prepare(db, departedFrom),
  };
  const ids = (rows: readonly { conversationId: string }[]) =>
    rows.map(({ conversationId }) => conversationId);
  return {
    presentIn: async (userId) => ids(await run.presentIn({ userId })),
    departedFrom: async (userId) => ids(await run.departedFrom({ userId })),
  };
}

// Every function from here on runs one statement of a transaction.

/** Notes that a user takes part in nothing. A second time changes nothing. */
export async function insertDeactivation(
  tx: Db,
  userId: string,
): Promise<void> {
  await tx.execute(sql`
    insert into deactivations (user_id) values (${userId}) on conflict do nothing`);
}

/** Notes that a user takes part again. */
export async function deleteDeactivation(
  tx: Db,
  userId: string,
): Promise<void> {
  await tx.execute(sql`delete from deactivations where user_id = ${userId}`);
}

/** Notes that a user is to be brought back into a conversation. */
export async function insertDeparture(
  tx: Db,
  id: string,
  userId: string,
): Promise<void> {
  await tx.execute(sql`
    insert into departures (conversation_key, conversation_id, user_id)
    select ${keyOf(id)}, ${id}::text, ${userId}::text on conflict do nothing`);
}

/** What a user was in a conversation that they have left (R39). */
export async function selectParticipation(
  tx: Db,
  id: string,
  userId: string,
): Promise<Participation> {
  const [row] = await tx.execute<{ isObserver: boolean }>(sql`
    select participant.is_observer as "isObserver" from participants participant
    where participant.conversation_key = ${keyOf(id)} and participant.conversation_id = ${id}
      and participant.user_id = ${userId}`);
  return row?.isObserver ? "OBSERVER" : "RECIPIENT";
}

/** Notes that a user was brought back into a conversation. */
export async function deleteDeparture(
  tx: Db,
  id: string,
  userId: string,
): Promise<void> {
  await tx.execute(sql`
    delete from departures departure
    where departure.conversation_key = ${keyOf(id)} and departure.conversation_id = ${id}
      and departure.user_id = ${userId}`);
}
