import { sql, type SQL } from "drizzle-orm";
import {
  showsAsDelivered,
  showsAsRead,
  type LookedAt,
} from "./privacy-fragments.js";

/** A recipient of the message that an `asked` row names, as its audience sees them. */
export const recipient: LookedAt = {
  participant: sql`participant`,
  seq: sql`asked.seq`,
  self: sql`asked.self`,
  seesReads: sql`asked.sees`,
};

/**
 * Whether a participant is a recipient of a message (R1, R39): present and no observer, in the conversation
 * and no observer when the message was sent, and not its sender.
 * @param participant an alias of `participants`
 * @param message a row with the message's `seq` and `sender_id`
 */
export function isRecipient(participant: SQL, message: SQL): SQL {
  return sql`${participant}.left_at is null and not ${participant}.is_observer
    and ${participant}.member @> ${message}.seq and not ${participant}.observed @> ${message}.seq
    and ${participant}.user_id <> ${message}.sender_id`;
}

/** Whether a participant is the viewer whom an `asked` row names: nobody is, where it names none. */
export const isSelf = sql`participant.user_id = asked.self`;

/** {@link Counts} of participants, as JSON. */
export const countsJson = sql`json_build_object('total', count(*),
        'delivered', count(*) filter (where ${showsAsDelivered(recipient)}),
        'read', count(*) filter (where ${showsAsRead(recipient)}))`;
