import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { prepare, rowOf, statement } from "../../db/prepare.js";

/** A user in a conversation that they were ever in. */
export interface Stay {
  readonly conversationId: string;
  /** Their number among the participants. */
  readonly number: number;
}

/** The conversations that a user was ever in. Each half has an index of its own. */
const everIn = statement({
  name: "ever_in",
  parameters: { userId: "text" },
  row: rowOf<Stay>({ conversationId: "text", number: "int4" }),
  text: ({ userId }) => sql`
    select participant.conversation_id as "conversationId", participant.number from participants participant
    where participant.user_id = ${userId} and participant.left_at is null
    union all
    select participant.conversation_id, participant.number from participants participant
    where participant.user_id = ${userId} and participant.left_at is not null`,
});

/** The conversations that mention a user, also those that the user was never in. */
const mentionedIn = statement({
  name: "mentioned_in",
  parameters: { userId: "text" },
  row: rowOf<{ conversationKey: string }>({ conversationKey: "text" }),
  text: ({ userId }) => sql`
    select distinct mention.conversation_key::text as "conversationKey" from mentions mention
    where mention.user_id = ${userId}`,
});

/** The statements that find where something is stored of a user. */
export interface WhereaboutsQueries {
  /** The conversations that a user was ever in. */
  everIn(userId: string): Promise<readonly Stay[]>;
  /** The keys of the conversations that mention a user. */
  mentionedIn(userId: string): Promise<readonly string[]>;
}

/** Prepares the statements that find where something is stored of a user. */
export function whereaboutsQueries(db: Db): WhereaboutsQueries {
  const run = {
    everIn: prepare(db, everIn),
    mentionedIn: prepare(db, mentionedIn),
  };
  return {
    everIn: (userId) => run.everIn({ userId }),
    mentionedIn: async (userId) =>
      (await run.mentionedIn({ userId })).map(
        ({ conversationKey }) => conversationKey,
      ),
  };
}
