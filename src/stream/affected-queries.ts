import { sql } from "drizzle-orm";
import type { Run } from "../foundation/seq-set.js";
import type { Db } from "../db/connect.js";
import { inConversation } from "../db/per-conversation.js";
import { prepare, rowOf, statement } from "../db/prepare.js";
import {
  messageFields,
  messageRow,
  ownMessagesIn,
} from "../domain/messages/fragments.js";
import type { AffectedRun } from "./visible-change.js";

/** The newest of the messages that a change concerns, newest first. */
const newest = statement({
  name: "newest_affected",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    froms: "int8[]",
    tos: "int8[]",
    exceptSenders: "text?[]",
    sentBy: "text?",
    limit: "int8",
  },
  row: messageRow,
  text: ({
    conversationKey,
    conversationId,
    froms,
    tos,
    exceptSenders,
    sentBy,
    limit,
  }) => sql`
    select m.* from unnest(${froms}, ${tos}, ${exceptSenders}) as run (first, last, except_sender)
    cross join lateral (
      select ${messageFields(sql`m`)} from messages m
      where m.conversation_key = ${conversationKey} and m.conversation_id = ${conversationId}
        and m.seq between run.first and run.last
        and m.sender_id is distinct from run.except_sender
        and (${sentBy} is null or m.sender_id = ${sentBy})
      order by m.seq desc limit ${limit}
    ) m
    order by m.seq desc limit ${limit}`,
});

/** How many messages a sender has in each of these runs, in the order asked. */
const ownCounts = statement({
  name: "own_counts",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    froms: "int8[]",
    tos: "int8[]",
    senders: "text[]",
  },
  row: rowOf<{ count: number }>({ count: "int4" }),
  text: ({ conversationKey, conversationId, froms, tos, senders }) => sql`
    select ${ownMessagesIn(
      conversationKey,
      sql`p.number`,
      sql`int8range(run.first, run.last, '[]')`,
    )}::int as count
    from unnest(${froms}, ${tos}, ${senders}) with ordinality as run (first, last, sender, position)
    left join participants p
      on p.conversation_key = ${conversationKey} and p.conversation_id = ${conversationId} and p.user_id = run.sender
    order by run.position`,
});

/** For each run, the first and last message in it by one sender; null where there is none. */
const ownBounds = statement({
  name: "own_bounds",
  parameters: {
    conversationKey: "key",
    conversationId: "text",
    froms: "int8[]",
    tos: "int8[]",
    sender: "text",
  },
  row: rowOf<{ from: number | null; to: number | null }>({
    from: "int4?",
    to: "int4?",
  }),
  text: ({ conversationKey, conversationId, froms, tos, sender }) => sql`
    select
      (select m.seq from messages m
         where m.conversation_key = ${conversationKey} and m.sender_number = p.number
         and m.seq between run.first and run.last order by m.seq limit 1) as "from",
      (select m.seq from messages m
         where m.conversation_key = ${conversationKey} and m.sender_number = p.number
         and m.seq between run.first and run.last order by m.seq desc limit 1) as "to"
    from unnest(${froms}, ${tos}) with ordinality as run (first, last, position)
    left join participants p
      on p.conversation_key = ${conversationKey} and p.conversation_id = ${conversationId} and p.user_id = ${sender}
    order by run.position`,
});

export type AffectedQueries = ReturnType<typeof affectedQueries>;

/** The statements that read the messages which a change concerns. */
export function affectedQueries(db: Db) {
  const run = {
    newest: prepare(db, newest),
    ownCounts: prepare(db, ownCounts),
    ownBounds: prepare(db, ownBounds),
  };
  return {
    newest: (
      conversationId: string,
      runs: readonly AffectedRun[],
      sentBy: string | null,
      limit: number,
    ) =>
      run.newest({
        ...inConversation(conversationId),
        ...bounds(runs),
        exceptSenders: runs.map(({ exceptSender }) => exceptSender),
        sentBy,
        limit,
      }),
    ownCounts: (
      conversationId: string,
      runs: readonly Run[],
      senders: readonly string[],
    ) =>
      run.ownCounts({
        ...inConversation(conversationId),
        ...bounds(runs),
        senders,
      }),
    ownBounds: (conversationId: string, runs: readonly Run[], sender: string) =>
      run.ownBounds({
        ...inConversation(conversationId),
        ...bounds(runs),
        sender,
      }),
  };
}

function bounds(runs: readonly Run[]): { froms: number[]; tos: number[] } {
  return { froms: runs.map(({ from }) => from), tos: runs.map(({ to }) => to) };
}
