import { setTimeout as delay } from "node:timers/promises";

/** Stops one part of a node. */
export type Stop = () => Promise<void>;

/**
 * Stops parts one after the other, all by one deadline. From then on none is waited for, but each is
 * still told to stop: one that hangs or fails keeps none of the others running.
 * @throws {AggregateError} what failed, once all were told
 */
export async function stopInTurn(
  parts: readonly Stop[],
  limitMs: number,
): Promise<void> {
  const over = new AbortController();
  const deadline = delay(limitMs, undefined, { signal: over.signal }).catch(
    () => undefined,
  );
  const failures: unknown[] = [];
  for (const stop of parts)
    await Promise.race([
      stop().catch((error: unknown) => failures.push(error)),
      deadline,
    ]);
  over.abort();
  if (failures.length > 0)
    throw new AggregateError(failures, "not everything could be stopped");
}

/**
 * Waits for a part of the start, unless a stop is asked for meanwhile: it may wait for what never comes,
 * such as a lock. What was begun goes on unheeded.
 * @throws the signal's reason
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    work
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", giveUp));
  });
}

/**
 * Waits for work, but no longer than that; the work goes on unheeded.
 * @throws what `late` makes, once the time is up
 */
export function inTime<T>(
  work: Promise<T>,
  limitMs: number,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(late());
    }, limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
