import { sql } from "drizzle-orm";
import { millisecondsOf } from "../db/fragments.js";
import { perConversation } from "../db/per-conversation.js";
import { rowOf } from "../db/prepare.js";
import type { Witness } from "./cursor.js";

/**
 * Of these changes, those that have happened in this database, by the time and the transaction of each
 * version: another history may give either out again, but hardly both for the same version.
 */
export const proofs = perConversation({
  name: "proofs",
  parameters: {
    versions: "int8[]",
    lastSeqs: "int8[]",
    xids: "int8[]",
    times: "int8[]",
  },
  row: rowOf<Witness>({
    conversationId: "text",
    version: "int8",
    lastSeq: "int8",
    xid: "int8",
    changedMs: "int8",
  }),
  text: ({ items, key }, { versions, lastSeqs, xids, times }) => sql`
    select w.conversation_id as "conversationId", w.version, w.last_seq as "lastSeq", w.xid, w.ms as "changedMs"
    from ${items(sql`w`, {
      version: versions,
      last_seq: lastSeqs,
      xid: xids,
      ms: times,
    })}
    join conversations c
      on c.key = ${key(sql`w.conversation_key`)} and c.id = w.conversation_id and c.version >= w.version
    where w.xid = 0 or w.version = 0
      or exists (select from receipt_log l
        where l.conversation_key = ${key(sql`c.key`)} and l.version = w.version and l.xid = w.xid
          and ${millisecondsOf(sql`l.at`)} = w.ms)
      or exists (select from messages m
        where m.conversation_key = ${key(sql`c.key`)} and m.seq = w.last_seq and m.version = w.version and m.xid = w.xid
          and ${millisecondsOf(sql`m.sent_at`)} = w.ms)`,
});
