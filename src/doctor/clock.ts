import { ok, skipped, warning, failure, type Verdict } from "./finding.js";

/** Another clock, as seen from here. */
export interface ClockReading {
  /** How far it is ahead of this machine's, in milliseconds; negative where it is behind. */
  readonly aheadMs: number;
  /** By how much that may be wrong, either way. */
  readonly uncertainMs: number;
}

/** A difference that somebody notices, and one with which tokens are refused or live on. */
const noticedMs = 2_000;
const harmfulMs = 60_000;

/**
 * Compares a clock with this machine's, by an answer to a question.
 * @param toldMs what the other clock told
 * @param exactMs how far off that may be by itself
 */
export function differenceOf(
  toldMs: number,
  askedMs: number,
  answeredMs: number,
  exactMs = 0,
): ClockReading {
  return {
    aheadMs: toldMs - (askedMs + answeredMs) / 2,
    uncertainMs: (answeredMs - askedMs) / 2 + exactMs,
  };
}

/** What the difference between this machine's clock and the database's comes to. */
export function checkClock(reading: ClockReading | null): Verdict {
  if (!reading) return skipped("The database could not be asked for the time.");
  return judged(reading, "The database's clock");
}

/** What the difference between this machine's clock and the token issuer's comes to. */
export function checkIssuerClock(reading: ClockReading | null): Verdict {
  if (!reading) return skipped("No issuer was there to be asked for the time.");
  return judged(reading, "The token issuer's clock");
}

function judged(
  { aheadMs, uncertainMs }: ClockReading,
  whose: string,
): Verdict {
  const leastMs = Math.max(0, Math.abs(aheadMs) - uncertainMs);
  if (leastMs < noticedMs)
    return ok(
      `${whose} and this machine's agree within ${seconds(Math.abs(aheadMs) + uncertainMs)}.`,
    );
  const verdict = leastMs < harmfulMs ? warning : failure;
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  return verdict(
    `${whose} is ${seconds(leastMs)} or more ${direction} this machine's.`,
    "Let both follow NTP. This machine's clock decides when tokens expire (exp), so they end too early or live on; the database's is the time of messages and receipts. The order of changes goes by neither.",
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
