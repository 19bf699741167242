import { sql } from "drizzle-orm";
import type { Db } from "../../db/connect.js";
import { keyOf } from "../../db/fragments.js";
import type { ParticipantRole } from "./participant.js";

const owner: ParticipantRole = "OWNER";

/**
 * Makes sure that a conversation with anybody in it has an owner (R58): where no present participant is one,
 * the participant who has been there longest becomes one, observers last. Of those who came at the same time
 * it is the one who was named first. Whatever takes anybody out of a conversation, or brings anybody in, runs
 * this after it, in the same transaction, with the conversation's lock.
 */
export async function ensureOwner(tx: Db, id: string): Promise<void> {
  await tx.execute(sql`
    update participants heir set role = ${owner}::participant_role
    where heir.conversation_key = ${keyOf(id)} and heir.conversation_id = ${id}
      and not exists (
        select from participants present
        where present.conversation_key = ${keyOf(id)} and present.left_at is null
          and present.role = ${owner}::participant_role
        offset 0)
      and heir.number = (
        select longest.number from participants longest
        where longest.conversation_key = ${keyOf(id)} and longest.left_at is null
        order by longest.is_observer, longest.joined_at, longest.number limit 1)`);
}
