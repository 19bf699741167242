/** Stops one part of a node. */
export type Stop = () => Promise<void>;

/**
 * Waits for work, for a limited time. The timer is cleared as soon as the work has ended. The work
 * itself goes on after the deadline; its late failure is ignored.
 * @param limitMs how long to wait, in milliseconds
 * @param late makes the result where the work takes longer, or throws; undefined unless said
 */
export function withDeadline<T>(
  work: Promise<T>,
  limitMs: number,
): Promise<T | undefined>;
export function withDeadline<T, Late>(
  work: Promise<T>,
  limitMs: number,
  late: () => Late,
): Promise<T | Late>;
export async function withDeadline<T>(
  work: Promise<T>,
  limitMs: number,
  late: () => unknown = () => undefined,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof isLate>((resolve) => {
    timer = setTimeout(() => resolve(isLate), limitMs);
  });
  try {
    const result = await Promise.race([work, deadline]);
    return result === isLate ? late() : result;
  } finally {
    clearTimeout(timer);
  }
}

const isLate = Symbol("late");

/**
 * Stops parts one after the other, all by one deadline. After the deadline no part is waited for,
 * but each is still told to stop: a part that hangs or fails keeps no other part running.
 * @throws {AggregateError} the failures, once all parts were told
 */
export async function stopInTurn(
  parts: readonly Stop[],
  limitMs: number,
): Promise<void> {
  const end = performance.now() + limitMs;
  const failures: unknown[] = [];
  for (const stop of parts)
    await withDeadline(
      stop().catch((error: unknown) => failures.push(error)),
      end - performance.now(),
    );
  if (failures.length > 0)
    throw new AggregateError(failures, "not everything could be stopped");
}

/**
 * Waits for a part of the start, unless a stop is asked for meanwhile: the part may wait for
 * something that never comes, such as a lock. The work itself goes on; its outcome is ignored.
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
