import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { prepare } from "../db/prepare.js";
import type { Witness } from "./cursor.js";
import { partsOf, type Snapshot } from "./snapshot.js";

/** What a sweep reads: everything that has changed in the database after a snapshot. */
export interface SweepReading {
  /** What the reading saw. */
  readonly snapshot: Snapshot;
  /** The conversations that changed, each with its newest change. */
  readonly changed: readonly Witness[];
}

export type SweepQueries = ReturnType<typeof sweepQueries>;

/**
 * The statement of a sweep. It finds changes by the transactions that made them, through BRIN indexes, which
 * need bitmap scans: `db` is a connection that allows them.
 */
export function sweepQueries(db: Db) {
  const changedAfter = prepare<
    { xmin: number; xmax: number; xip: number[] },
    { seen: Snapshot } & { [K in keyof Witness]: Witness[K] | null }
  >(
    db,
    "changed_after",
    sql`
    with changed as (
      select l.conversation_key as key from receipt_log l
      where l.xid >= ${sql.placeholder("xmin")}::int8
        and (l.xid >= ${sql.placeholder("xmax")}::int8 or l.xid = any(${sql.placeholder("xip")}::int8[]))
      union
      select c.key from (
        select distinct m.conversation_id from messages m
        where m.xid >= ${sql.placeholder("xmin")}::int8
          and (m.xid >= ${sql.placeholder("xmax")}::int8 or m.xid = any(${sql.placeholder("xip")}::int8[]))
      ) sent join conversations c on c.id = sent.conversation_id
    )
    select now.seen, c.id as "conversationId", c.version, c.last_seq as "lastSeq", c.changed_xid as xid
    from (select pg_current_snapshot()::text as seen) now
    left join (changed join conversations c using (key)) on true`,
  );

  return {
    async changedAfter(snapshot: Snapshot): Promise<SweepReading> {
      const { xmin, xmax, xip } = partsOf(snapshot);
      const rows = await changedAfter({ xmin, xmax, xip: [...xip] });
      const [first] = rows;
      if (!first) throw new Error("the database told no snapshot");
      return {
        snapshot: first.seen,
        changed: rows.flatMap(({ conversationId, version, lastSeq, xid }) =>
          conversationId === null ||
          version === null ||
          lastSeq === null ||
          xid === null
            ? []
            : [{ conversationId, version, lastSeq, xid }],
        ),
      };
    },
  };
}
