import { setTimeout as delay } from "node:timers/promises";

/** An event that takes longer than this is lost, however busy the machine is. */
const limitMs = 60_000;

/**
 * Waits until a condition holds.
 * @throws where the condition does not hold within a minute
 */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`not within a minute: ${what}`);
    await delay(10);
  }
}

/**
 * Waits for a promise.
 * @throws where the promise does not settle within a minute
 */
export async function within<Value>(
  what: string,
  promise: Promise<Value>,
): Promise<Value> {
  const aborter = new AbortController();
  const tooLate = delay(limitMs, undefined, { signal: aborter.signal }).then(
    () => {
      throw new Error(`not within a minute: ${what}`);
    },
  );
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    tooLate.catch(() => undefined);
    aborter.abort();
  }
}

/** How many subscriptions an Acked server runs, by its own count. */
export async function subscriptionsAt(host: string): Promise<number> {
  const response = await fetch(`http://${host}/metrics`);
  const text = await response.text();
  return Number(/^acked_subscriptions (\d+)$/m.exec(text)?.[1] ?? NaN);
}
