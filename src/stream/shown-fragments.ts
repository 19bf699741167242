import { sql, type SQL } from "drizzle-orm";
import { joinedKey } from "../db/per-conversation.js";
import {
  counted,
  underFull,
} from "../domain/conversations/policy-fragments.js";

/**
 * Whether a row of the log shows to a participant `p` as anything at all (R3, R20, R33, R39, R42): a receipt that does
 * not show is nothing, and neither are others' flags and receipts of messages that others are not told of. `visible-change.ts` says what
 * shows.
 * @param sees whether the participant sees others' reads
 */
export const showsTo = (sees: SQL) => sql`
  case when l.participant_number = p.number then true
    when l.kind = 'PRIVATE' then false
    when l.kind in ('DELIVERED', 'READ')
    then case when l.kind = 'READ' then l.is_delivery or (not l.is_hidden and ${sees}) else not l.is_hidden end
      and (told.seqs is null or told.seqs * p.member && int8range(l.first_seq, l.last_seq + 1))
    else true end
  and p.member && int8range(l.first_seq, l.last_seq + 1)`;

/** The messages of conversation `c` of which others are told that somebody has them; null for all. */
export const told = sql`(
  select case when c.under_counts <> '{}' or c.under_off <> '{}'
    then ${underFull(sql`c`)} + ${counted(sql`c`, joinedKey)} end as seqs
  offset 0)`;
