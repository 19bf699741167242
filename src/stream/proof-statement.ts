import { sql } from "drizzle-orm";
import { millisecondsOf } from "../db/fragments.js";
import { rowOf, statement } from "../db/prepare.js";
import type { Witness } from "./cursor.js";

/**
 * Of these changes, those that have happened in this database, by the time and the transaction of each
 * version: another history may give either out again, but hardly both for the same version.
 */
export const proofs = statement({
  name: "proofs",
  parameters: {
    conversationIds: "text[]",
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
  text: ({ conversationIds, versions, lastSeqs, xids, times }) => sql`
    select w.conversation_id as "conversationId", w.version, w.last_seq as "lastSeq", w.xid, w.ms as "changedMs"
    from unnest(${conversationIds}, ${versions}, ${lastSeqs}, ${xids}, ${times})
      as w (conversation_id, version, last_seq, xid, ms)
    join conversations c on c.id = w.conversation_id and c.version >= w.version
    where w.xid = 0 or w.version = 0
      or exists (select from receipt_log l
        where l.conversation_key = c.key and l.version = w.version and l.xid = w.xid
          and ${millisecondsOf(sql`l.at`)} = w.ms)
      or exists (select from messages m
        where m.conversation_id = c.id and m.seq = w.last_seq and m.version = w.version and m.xid = w.xid
          and ${millisecondsOf(sql`m.sent_at`)} = w.ms)`,
});
