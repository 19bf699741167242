import { sql, type SQL } from "drizzle-orm";

/**
 * The messages that a read mark takes the flag off (R32): those that it covers, but for those whose flags are newer than
 * the version that the mark's device had seen. A version that the conversation has not reached was lost in a restore
 * (R54): all flags are newer. A flagging goes on to the newest message, so the first message of all newer ones tells
 * where the flags begin that stand.
 * @param mark an alias of a mark, with `position` and `seq`
 * @param participant an alias of the participant as locked, with `version` and what is flagged
 * @param of arrays that have, at the mark's position, the first message that it covers, and what its device had seen.
 * Hardly any mark meets a flag, so they do not go through the statement with it
 */
export function unflaggedBy(
  mark: SQL,
  participant: SQL,
  of: { readonly firstSeqs: SQL; readonly seen: SQL },
): SQL {
  const first = sql`(${of.firstSeqs})[${mark}.position]`;
  const seen = sql`(${of.seen})[${mark}.position]`;
  return sql`${participant}.flagged * int8multirange(int8range(${first},
    greatest(${first}, least(${mark}.seq + 1, (
      select min(flagging.first)
      from unnest(${participant}.flag_firsts, ${participant}.flag_versions) as flagging (first, version)
      where ${seen} >= 0
        and flagging.version > case when ${seen} <= ${participant}.version then ${seen} else 0 end
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
