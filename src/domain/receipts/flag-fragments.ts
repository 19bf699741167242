import { sql, type SQL } from "drizzle-orm";

/**
 * The messages that a read mark takes the flag off (R32): those that it covers, but for those whose flags are newer than
 * the version that the mark's device had seen. A version that the conversation has not reached was lost in a restore
 * (R54): all flags are newer. A flagging goes on to the newest message, so the first message of all newer ones tells
 * where the flags begin that stand.
 * @param mark an alias of a mark, with `first_seq`, `seq` and `seen`
 * @param participant an alias of the participant as locked, with `version` and what is flagged
 */
export function unflaggedBy(mark: SQL, participant: SQL): SQL {
  return sql`${participant}.flagged * int8multirange(int8range(${mark}.first_seq,
    greatest(${mark}.first_seq, least(${mark}.seq + 1, (
      select min(flagging.first)
      from unnest(${participant}.flag_firsts, ${participant}.flag_versions) as flagging (first, version)
      where flagging.version > case when ${mark}.seen <= ${participant}.version then ${mark}.seen
        when ${mark}.seen is not null then 0 end
    )))))`;
}

/**
 * The columns of a participant that tell what is flagged, after marks have taken flags off.
 * @param participant an alias of `participants`
 * @param unflagged an expression for these messages; null where there are none
 */
export function flagsAfter(participant: SQL, unflagged: SQL): SQL {
  const remain = sql`(${unflagged} is null or not ${participant}.flagged <@ ${unflagged})`;
  return sql`
        flagged = case when ${unflagged} is null then ${participant}.flagged
          when ${remain} then ${participant}.flagged - ${unflagged} end,
        flag_firsts = case when ${remain} then ${participant}.flag_firsts end,
        flag_versions = case when ${remain} then ${participant}.flag_versions end`;
}
