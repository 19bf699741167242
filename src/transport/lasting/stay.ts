import type { Viewer } from "../../auth/viewer.js";
import type { SharesTaken } from "../../fair/shares.js";
import { AppError } from "../../foundation/errors.js";

/** The longest delay that a timer of Node takes. A token may be valid for longer. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Lets a user's connection stay open, as one of the user's sockets, until the user's token expires (R21).
 * @returns ends the stay, to be called once; RATE_LIMITED where the user has their share of sockets already
 */
export function stay(
  shares: SharesTaken,
  viewer: Viewer,
  onExpired: () => void,
): (() => void) | AppError {
  const refusal = shares.take("sockets", viewer);
  if (refusal) return refusal;
  const stopWaiting = whenReached(viewer.expiresAtMs, onExpired);
  return () => {
    stopWaiting();
    shares.release("sockets", viewer);
  };
}

/**
 * Calls back at a time, however far off the time is.
 * @returns gives up the wait
 */
function whenReached(atMs: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const leftMs = atMs - Date.now();
    timer = setTimeout(
      leftMs > longestTimerMs ? wait : callback,
      Math.min(longestTimerMs, leftMs),
    );
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}
