/** How long a queue waits before it tries again. */
export interface BackOff {
  /** The first wait, in milliseconds; each further one is twice as long. */
  readonly firstMs: number;
  /** The longest wait, in milliseconds. */
  readonly longestMs: number;
}

/** What queues use unless told otherwise. */
export const defaultBackOff: BackOff = { firstMs: 500, longestMs: 30_000 };

/**
 * How long to wait after a failed attempt, in milliseconds: between half and the whole of the
 * doubled time, at random, so that clients which lost the server together do not return together
 * ("equal jitter" in AWS's "Exponential Backoff And Jitter", 2015). Never less than the server asked for.
 * @param attempt 0 after the first failure
 */
export function waitMs(
  { firstMs, longestMs }: BackOff,
  attempt: number,
  retryAfterMs = 0,
): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** attempt);
  return retryAfterMs + (wholeMs * (1 + Math.random())) / 2;
}
