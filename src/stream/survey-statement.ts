import { sql } from "drizzle-orm";
import { perConversation } from "../db/per-conversation.js";
import { rowOf } from "../db/prepare.js";
import type { Position } from "../domain/conversations/position.js";
import { lastSeqIn, parsed, versionIn } from "./snapshot-fragments.js";

/** A changed conversation, and the users whom its changes may concern. */
export interface SurveyedConversation {
  readonly conversationId: string;
  readonly version: number;
  /** Where it stood in the snapshot that the survey was asked for. */
  readonly position: Position;
  /** Its present participants, and those who left after the snapshot. */
  readonly userIds: readonly string[];
}

interface SurveyRow extends Omit<SurveyedConversation, "position"> {
  readonly versionThen: number;
  readonly lastSeqThen: number;
}

/** Whom changes in these conversations may concern, and where each stood in a snapshot. */
export const survey = perConversation({
  name: "survey",
  parameters: { snapshot: "text" },
  row: rowOf<SurveyRow>({
    conversationId: "text",
    version: "int8",
    versionThen: "int8",
    lastSeqThen: "int4",
    userIds: "json",
  }),
  text: ({ items, key }, { snapshot }) => sql`
    select c.id as "conversationId", c.version, c.version_then as "versionThen", c.last_seq_then as "lastSeqThen",
      (select coalesce(json_agg(p.user_id), '[]') from participants p
       where p.conversation_key = ${key(sql`c.key`)} and (p.left_at is null or exists (
         select from receipt_log l
         where l.conversation_key = ${key(sql`c.key`)} and l.version > c.version_then
           and l.participant_number = p.number and l.kind = 'LEFT'))) as "userIds"
    from (
      select c.id, c.key, c.version,
        ${versionIn(sql`c`, sql`s`, key)} as version_then, ${lastSeqIn(sql`c`, sql`s`, key)} as last_seq_then
      from ${parsed(snapshot)} s
      cross join ${items(sql`asked`, {})}
      join conversations c on c.key = ${key(sql`asked.conversation_key`)} and c.id = asked.conversation_id
      offset 0
    ) c`,
});
