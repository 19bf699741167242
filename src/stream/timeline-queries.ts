import { sql } from "drizzle-orm";
import { inTransaction, type Db } from "../db/connect.js";
import type { Snapshot } from "./snapshot.js";

/** A timeline of the database: one history of changes, which no restore has cut short. */
export interface Timeline {
  /** Grows from one to the next, and is not given out again by a database that was restored twice. */
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
 * The second in which a timeline begins, counted from 2026, or one more than the number before. A database
 * that is restored twice from one backup would give out the same number twice if it only counted, and
 * cursors of the first time would count as those of the second.
 */
const numberAfter = (number: number) => sql`
  greatest(${number + 1}::int4, extract(epoch from now() - timestamptz '2026-01-01Z')::int4)`;

/**
 * Begins the timeline after a given one, unless another node has done so already. A row with a transaction
 * number that this database has not reached was written in another cluster: its number is set to 0, which
 * every snapshot sees. That may be every row, so the statements have no time limit. All of it is one
 * transaction.
 * @returns the number of the newest timeline
 */
export function beginTimeline(
  db: Db,
  after: number,
  database: string,
): Promise<number> {
  const next = sql`pg_snapshot_xmax(pg_current_snapshot())::text::int8`;
  return inTransaction(db, async (tx) => {
    // Another node that begins one is waited for; reading goes on.
    await tx.execute(sql`lock table timelines in share row exclusive mode`);
    await tx.execute(sql`set local statement_timeout = 0`);
    await tx.execute(sql`
      insert into timelines (number, database, begun_at)
      select ${numberAfter(after)}, ${database}::text, now()
      where not exists (select from timelines where number > ${after}::int4)`);
    for (const [table, column] of transactionColumns)
      await tx.execute(sql`
        update ${sql.identifier(table)} set ${sql.identifier(column)} = 0
        where ${sql.identifier(column)} >= ${next}`);
    const [newest] = await tx.execute<{ number: number }>(
      sql`select max(number) as number from timelines`,
    );
    if (!newest) throw new Error("the database told no timeline");
    return newest.number;
  });
}

/** Where the numbers of transactions are kept. */
const transactionColumns = [
  ["receipt_log", "xid"],
  ["messages", "xid"],
  ["conversations", "changed_xid"],
  ["users", "preferences_xid"],
] as const;
