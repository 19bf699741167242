import type { Db } from "../db/connect.js";
import type { Head } from "./head.js";
import type { OrderQueries } from "./order-queries.js";
import { laterOf, type Snapshot } from "./snapshot.js";
import {
  beginTimeline,
  readTimeline,
  type TimelineReading,
} from "./timeline-queries.js";

/** The timeline that a node works in, and what it saw when it found that out. */
export interface CurrentTimeline {
  readonly number: number;
  readonly snapshot: Snapshot;
}

/**
 * Finds the timeline of a database (R54). A new one begins where there is none yet, where this is a copy of
 * the database in which the newest one began, and where `isLost` says that history was cut short.
 */
export async function enterTimeline(
  db: Db,
  { isLost = false } = {},
): Promise<CurrentTimeline> {
  return enter(db, await readTimeline(db), isLost);
}

/** Nodes that find the same loss at once begin one timeline: each begins the one after what it has read. */
async function enter(
  db: Db,
  { newest, database, snapshot }: TimelineReading,
  isLost: boolean,
): Promise<CurrentTimeline> {
  if (newest?.database === database && !isLost)
    return { number: newest.number, snapshot };
  const number = await beginTimeline(db, newest?.number ?? 0, database);
  return { number, snapshot };
}

/**
 * Finds out whether the database has lost what this node knows to have happened: it was restored, or a
 * standby took over that lacked the last commits.
 * @returns the timeline that the database is in now, if it is not the one that the node works in
 */
export async function findNewTimeline(
  db: Db,
  head: Head,
  queries: Pick<OrderQueries, "proofs">,
): Promise<CurrentTimeline | null> {
  const reading = await readTimeline(db);
  const { newest, database, snapshot } = reading;
  const { watermark, timeline, knownChange } = head;
  if (newest?.number !== timeline || newest.database !== database)
    return enter(db, reading, false);
  const isProved =
    laterOf(snapshot, watermark.snapshot) === snapshot &&
    (!knownChange || (await queries.proofs([knownChange])).length > 0);
  return isProved ? null : enter(db, reading, true);
}
