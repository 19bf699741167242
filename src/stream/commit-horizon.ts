/** The database's clock, and how far back transactions reach that are still open. */
export interface ClockReading {
  /** When it was read, in milliseconds since the epoch by the database's clock, with fractions. */
  readonly nowMs: number;
  /** Every change made before this time is there for whoever reads from `nowMs` on; whole milliseconds. */
  readonly settledMs: number;
}

/** Tells up to which time a reader has seen everything. */
export interface CommitHorizon {
  /** Reads the clock anew. */
  read(): Promise<ClockReading>;
  /** Reads the clock where that was not done just now: for those about to read what a cursor goes with. */
  keepFresh(): Promise<void>;
  /**
   * Up to which time everything is known to who read the database at `atMs`: what the cursor of such
   * a reader may say, so that nothing is missed and next to nothing comes twice.
   */
  settledAt(atMs: number): number;
}

/** A reading is used for so long before `keepFresh` takes another. */
const freshMs = 200;

/** How many readings are kept: those of the last seconds, however often the clock is read. */
const maxReadings = 64;

/**
 * A change becomes visible later than the time that it bears: when its transaction commits. A reader
 * of the stream by time must therefore not go on from the time at which it read, but from the start
 * of the oldest transaction that was open then. Postgres tells that (`pg_stat_activity`).
 * @param overlapMs longer than any transaction may last: how far back a reader's time is put where no
 * reading was taken before it
 */
export function createCommitHorizon({
  clock,
  overlapMs,
}: {
  clock: () => Promise<ClockReading>;
  overlapMs: number;
}): CommitHorizon {
  /** Oldest first. */
  const readings: ClockReading[] = [];
  let readAtMs = -Infinity;
  let reading: Promise<ClockReading> | null = null;

  async function read(): Promise<ClockReading> {
    const begunAtMs = performance.now();
    const taken = await clock();
    readAtMs = begunAtMs;
    readings.push(taken);
    readings.sort((a, b) => a.nowMs - b.nowMs);
    if (readings.length > maxReadings) readings.shift();
    return taken;
  }

  return {
    read,
    async keepFresh() {
      if (performance.now() - readAtMs < freshMs) return;
      await (reading ??= read().finally(() => (reading = null)));
    },
    settledAt(atMs) {
      const before = readings.findLast(({ nowMs }) => nowMs < atMs);
      return Math.max(before?.settledMs ?? 0, Math.floor(atMs) - overlapMs);
    },
  };
}
