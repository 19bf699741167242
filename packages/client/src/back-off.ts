import { browserConnectivity, type Connectivity } from "./connectivity.js";

/** How long a client waits before it tries again. */
export interface BackOff {
  /** The first wait, in milliseconds; each further wait is twice as long. */
  readonly firstMs: number;
  /** The longest wait, in milliseconds. */
  readonly longestMs: number;
}

/** The back-off of queues where the app sets none. */
export const defaultBackOff: BackOff = { firstMs: 500, longestMs: 30_000 };

/** The back-off of `follow` where the app sets none: who lost a node come back over two seconds. */
export const defaultReturn: BackOff = { firstMs: 2_000, longestMs: 30_000 };

/**
 * The wait after a failed attempt, in milliseconds: a random time between half and the whole of the
 * doubled time, so that clients which lost the server together do not return together ("equal
 * jitter" in AWS's "Exponential Backoff And Jitter", 2015).
 * @param attempt 0 after the first failure
 * @param retryAfterMs the time that the server asked for; the wait is never shorter
 */
export function waitMs(
  { firstMs, longestMs }: BackOff,
  attempt: number,
  retryAfterMs = 0,
): number {
  const wholeMs = Math.min(longestMs, firstMs * 2 ** attempt);
  return retryAfterMs + (wholeMs * (1 + Math.random())) / 2;
}

/**
 * The wait after a lost subscription, in milliseconds: a random time up to the whole of the doubled time
 * ("full jitter" in the same article). All clients of a node lose it in one moment, and the others are to
 * see them come evenly from the first moment on.
 * @param attempt 0 after the first loss
 * @param retryAfterMs the time that the server asked for; the wait is never shorter
 */
export function returnMs(
  { firstMs, longestMs }: BackOff,
  attempt: number,
  retryAfterMs = 0,
): number {
  return (
    retryAfterMs + Math.min(longestMs, firstMs * 2 ** attempt) * Math.random()
  );
}

/**
 * Resolves after `ms` milliseconds, at once where `ms` is 0, and earlier when the device comes
 * online or `signal` is aborted. Leaves no timer and no listener behind.
 */
export function pause(
  ms: number,
  signal: AbortSignal,
  { onOnline }: Connectivity = browserConnectivity,
): Promise<void> {
  return new Promise((resolve) => {
    if (ms === 0 || signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const stopListening = onOnline(end);
    signal.addEventListener("abort", end);
  });
}
