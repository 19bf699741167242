import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import type { Snapshot } from "./snapshot.js";

/** A timeline of the database: one history of changes, which no restore has cut short. */
export interface Timeline {
  /** 1, 2, 3, … in the order in which they began. */
  readonly number: number;
  /** The database that it began in: a copy that was restored elsewhere is another one. */
  readonly database: string;
}

/** The newest timeline, the database that it is read from, and what the reading saw. */
export interface TimelineReading {
  readonly newest: Timeline | null;
  readonly database: string;
  readonly snapshot: Snapshot;
}

/** Reads which timeline the database is in. */
export async function readTimeline(db: Db): Promise<TimelineReading> {
  const [row] = await db.execute<{
    number: number | null;
    database: string | null;
    here: string;
    snapshot: Snapshot;
  }>(sql`
    select t.number, t.database, pg_current_snapshot()::text as snapshot,
      (select system_identifier from pg_control_system()) || '/' ||
        (select oid from pg_database where datname = current_database()) as here
    from (select) one left join lateral (
      select number, database from timelines order by number desc limit 1) t on true`);
  if (!row) throw new Error("the database told no timeline");
  const { number, database, here, snapshot } = row;
  return {
    newest: number === null || database === null ? null : { number, database },
    database: here,
    snapshot,
  };
}

/**
 * Begins the timeline after a given one, unless another node has done so already. Transactions that this
 * database has not reached are those of another cluster: changes that bear their numbers count as old.
 */
export async function beginTimeline(
  db: Db,
  after: number,
  database: string,
): Promise<void> {
  await db.execute(sql`
    insert into timelines (number, database, begun_at)
    values (${after + 1}::int4, ${database}::text, now()) on conflict do nothing`);
  const isAhead = sql`xid >= pg_snapshot_xmax(pg_current_snapshot())::text::int8`;
  await db.execute(sql`update receipt_log set xid = 0 where ${isAhead}`);
  await db.execute(sql`update messages set xid = 0 where ${isAhead}`);
  await db.execute(sql`
    update conversations set changed_xid = 0
    where changed_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::int8`);
  await db.execute(sql`
    update users set preferences_xid = 0
    where preferences_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::int8`);
}
