import { setTimeout as sleep } from "node:timers/promises";
import { mergesOf } from "./compaction.js";
import {
  OvertakenError,
  type CompactionQueries,
  type LoggedParticipant,
} from "./compaction-queries.js";
import type { ReceiptKind } from "./receipt.js";

/** So many participants are looked at by one statement. */
const participantsPage = 200;
/** So many rows of one participant are read by one statement, and merged in one transaction. */
const rowsPage = 1_000;
/** A node that has stopped holds the round for no longer, in seconds. A page takes far less. */
const heldSeconds = 60;

/** How a round of the compaction goes. */
export interface RoundOptions {
  /** Rows that are older are merged, in days. */
  readonly days: number;
  /** Whether it begins although a round has ended within a day. */
  readonly isForced: boolean;
  /** Whether it rests after each page for as long as the page took. */
  readonly isGentle: boolean;
  /** Ends the round after the page that is under way. */
  readonly signal?: AbortSignal;
}

/**
 * Merges old rows of the receipt log into longer runs. A round goes through all participants in order, in small
 * transactions that lock those rows alone, which nothing else writes. It notes how far it has come: whoever goes on
 * begins there. One node at a time has the round.
 * @returns the number of rows that are gone; null where another node has the round, or it is not due
 */
export async function compact(
  queries: CompactionQueries,
  { days, isForced, isGentle, signal }: RoundOptions,
): Promise<number | null> {
  let place = await queries.hold(heldSeconds, isForced);
  if (place === undefined) return null;
  let gone = 0;
  let isFinished = false;
  try {
    while (!isFinished && !signal?.aborted) {
      const beganMs = performance.now();
      const page = await queries.participants(place, days, participantsPage);
      for (const participant of page) {
        for (const kind of kindsOf(participant))
          gone += await mergeRuns(queries, kind, participant, days);
        place = participant;
        if (kindsOf(participant).length > 0)
          await queries.advance(participant, heldSeconds);
        if (signal?.aborted) return gone;
      }
      if (place) await queries.advance(place, heldSeconds);
      isFinished = page.length < participantsPage;
      if (isGentle && !isFinished)
        await sleep(performance.now() - beganMs, undefined, {
          ...(signal && { signal }),
        }).catch(() => undefined);
    }
    return gone;
  } finally {
    await queries.release(isFinished);
  }
}

const kindsOf = ({ hasDeliveries, hasReads }: LoggedParticipant) => [
  ...(hasDeliveries ? (["DELIVERED"] as const) : []),
  ...(hasReads ? (["READ"] as const) : []),
];

/** Merges a participant's rows of one kind. Returns the number of rows that are gone. */
async function mergeRuns(
  queries: CompactionQueries,
  kind: ReceiptKind,
  participant: LoggedParticipant,
  days: number,
): Promise<number> {
  let gone = 0;
  for (let after = 0, reached = 0; ;) {
    const page = { days, after, reached, limit: rowsPage };
    const rows = await queries.runs(kind, participant, page);
    const merges = mergesOf(rows, reached);
    if (merges.length > 0)
      try {
        await queries.merge(kind, participant, merges);
      } catch (error) {
        // The next round finds what there is then.
        if (error instanceof OvertakenError) return gone;
        throw error;
      }
    gone += merges.reduce((sum, { dropped }) => sum + dropped.length, 0);
    const last = rows.at(-1);
    if (!last || rows.length < rowsPage) return gone;
    after = last.firstSeq;
    reached = rows.reduce(
      (most, { lastSeq }) => Math.max(most, lastSeq),
      reached,
    );
  }
}
