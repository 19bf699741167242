import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { millisecondsOf } from "../db/fragments.js";
import { prepare, rowOf, statement } from "../db/prepare.js";
import type { Witness } from "./cursor.js";
import { partsOf, type Snapshot } from "./snapshot.js";

/** What a sweep reads: everything that has changed in the database after a snapshot. */
export interface SweepReading {
  /** What the reading saw. */
  readonly snapshot: Snapshot;
  /** The conversations that changed, each with its newest change. */
  readonly changed: readonly Witness[];
  /** The users who switched a preference after the snapshot. */
  readonly switchedUsers: readonly string[];
}

type SweepRow = {
  readonly seen: Snapshot;
  readonly switchedUsers: readonly string[];
} & {
  readonly [Name in keyof Witness]: Witness[Name] | null;
};

/** One row at least: without a conversation it tells only what was seen. */
const changedAfter = statement({
  name: "changed_after",
  parameters: { xmin: "int8", xmax: "int8", xip: "int8[]" },
  row: rowOf<SweepRow>({
    seen: "text",
    switchedUsers: "json",
    conversationId: "text?",
    version: "int8?",
    lastSeq: "int4?",
    xid: "int8?",
    changedMs: "int8?",
  }),
  text: ({ xmin, xmax, xip }) => sql`
    with
    -- a conversation with a row of the log that the snapshot did not see, or with such a message
    changed as (
      select l.conversation_key from receipt_log l
      where l.xid >= ${xmin} and (l.xid >= ${xmax} or l.xid = any(${xip}))
      union
      select m.conversation_key from messages m
      where m.xid >= ${xmin} and (m.xid >= ${xmax} or m.xid = any(${xip}))
    )
    select now.seen, now.switched as "switchedUsers", c.id as "conversationId", c.version, c.last_seq as "lastSeq", c.changed_xid as xid,
      ${millisecondsOf(sql`c.changed_at`)} as "changedMs"
    from (
      select pg_current_snapshot()::text as seen, (
        select coalesce(json_agg(users.id), '[]') from users
        where users.preferences_xid >= ${xmin}
          and (users.preferences_xid >= ${xmax} or users.preferences_xid = any(${xip}))
      ) as switched
      offset 0
    ) now
    left join (changed join conversations c on c.key = changed.conversation_key) on true`,
});

/** The statement of a sweep. */
export interface SweepQueries {
  /** Everything that has changed in the database after a snapshot. */
  changedAfter(snapshot: Snapshot): Promise<SweepReading>;
}

/**
 * Prepares the statement of a sweep. It finds changes by the transactions that made them, through BRIN
 * indexes, which need bitmap scans.
 * @param db a connection that allows bitmap scans
 */
export function sweepQueries(db: Db): SweepQueries {
  const run = prepare(db, changedAfter);
  return {
    async changedAfter(snapshot) {
      const rows = await run(partsOf(snapshot));
      const [first] = rows;
      if (!first) throw new Error("the database told no snapshot");
      return {
        snapshot: first.seen,
        switchedUsers: first.switchedUsers,
        changed: rows.flatMap(
          ({ conversationId, version, lastSeq, xid, changedMs }) =>
            conversationId === null ||
            version === null ||
            lastSeq === null ||
            xid === null ||
            changedMs === null
              ? []
              : [{ conversationId, version, lastSeq, xid, changedMs }],
        ),
      };
    },
  };
}
