import { sql, type SQL } from "drizzle-orm";
import type { ReceiptKind } from "./receipt.js";

/**
 * Selects when a recipient's device reported a message: the run of deliveries that holds the message
 * is the last run to start at or before it.
 * @param conversationKey an expression for the conversation's key
 * @param recipient a row with the participant's `number`
 * @param seq an expression for the message's sequence number
 */
function timeOfDelivery(conversationKey: SQL, recipient: SQL, seq: SQL): SQL {
  return sql`
  select run.at from (
    select log.at, log.last_seq from receipt_log log
    where log.conversation_key = ${conversationKey} and log.participant_number = ${recipient}.number
      and log.kind = 'DELIVERED' and log.first_seq <= ${seq}
    order by log.first_seq desc limit 1
  ) run where run.last_seq >= ${seq}`;
}

/**
 * Selects when a recipient read a message: of the runs of reads that hold the message the inmost is
 * the earliest. The runs that the index passes on the way to it lie in short gaps of that run.
 * @param conversationKey an expression for the conversation's key
 * @param recipient a row with the participant's `number`, and whether they read the message in `is_read`
 * @param seq an expression for the message's sequence number
 */
function timeOfReading(conversationKey: SQL, recipient: SQL, seq: SQL): SQL {
  return sql`
  select log.at from receipt_log log
  where ${recipient}.is_read and log.conversation_key = ${conversationKey}
    and log.participant_number = ${recipient}.number and log.kind = 'READ'
    and log.first_seq <= ${seq} and log.last_seq >= ${seq}
  order by log.first_seq desc limit 1`;
}

/** Selects when a recipient's receipt of each kind was. A new kind needs a line here. */
export const timeOf: Record<ReceiptKind, typeof timeOfReading> = {
  DELIVERED: timeOfDelivery,
  READ: timeOfReading,
};
