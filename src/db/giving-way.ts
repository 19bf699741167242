import { setTimeout as sleep } from "node:timers/promises";
import { isLockTimeout, pgErrorCode } from "./failure.js";

/** How long a migration gives way to others before it gives up. */
const giveUpMs = 10 * 60_000;

/**
 * The longest wait for a lock. Who comes behind a migration that waits for a lock waits for as long as
 * it. The first waits are shorter than Postgres's `deadlock_timeout` of a second, so that a deadlock ends
 * with the migration and never with a writer; the later ones are longer, for only then does an
 * autovacuum give way to it.
 */
const lockWait = { firstMs: 500, growth: 1.5, longestMs: 3_000 };

/** The pause after a wait in vain, up to twice as long: others have several times as long as they waited. */
const pause = { firstMs: 500, growth: 1.6, longestMs: 8_000 };

/** A migration that got no lock for as long as it may try. */
export class LockedOutError extends Error {
  override readonly name = "LockedOutError";

  constructor(what: string, blocker: string) {
    super(
      `${what} got no lock for ${String(giveUpMs / 60_000)} minutes, and gave way each time. ${blocker} Run \`acked migrate\` when that has ended.`,
    );
  }
}

/** How work that needs locks is tried. */
export interface GivingWay {
  /** The name of the work in messages, e.g. `Migration 0006_titles`. */
  readonly what: string;
  readonly signal: AbortSignal;
  /** A sentence about whoever may hold the lock. */
  readonly blocker: () => Promise<string>;
  /** Told a line after each try in vain. */
  readonly report: (line: string) => void;
}

/**
 * Tries work until it gets its locks. A try that waits for a lock for too long, or is part of a deadlock,
 * has to leave nothing behind.
 * @param work takes the longest wait for one lock, in milliseconds
 * @throws {LockedOutError} after ten minutes; any other error of the work at once
 */
export async function givingWay<T>(
  work: (lockWaitMs: number) => Promise<T>,
  { what, signal, blocker, report }: GivingWay,
): Promise<T> {
  const giveUpAt = performance.now() + giveUpMs;
  for (let tries = 0; ; tries++) {
    try {
      return await work(nth(lockWait, tries));
    } catch (error) {
      if (!isLockTimeout(error) && !isDeadlock(error)) throw error;
      const holder = await blocker();
      if (performance.now() > giveUpAt) throw new LockedOutError(what, holder);
      report(`${what} gives way and will be tried again. ${holder}`);
    }
    const pauseMs = nth(pause, tries) * (1 + Math.random());
    await sleep(pauseMs, undefined, { signal });
  }
}

function nth(
  { firstMs, growth, longestMs }: typeof lockWait,
  tries: number,
): number {
  return Math.round(Math.min(longestMs, firstMs * growth ** tries));
}

function isDeadlock(error: unknown): boolean {
  return pgErrorCode(error) === "40P01";
}
