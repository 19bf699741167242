import { setTimeout as delay } from "node:timers/promises";

/**
 * Does something at a given rate, whether or not what was done before has come back: at moments that
 * are drawn beforehand as a Poisson process draws them. Whatever makes us late is counted, since what
 * is measured starts at the moment that was drawn.
 * @param act gets that moment, by `performance.now()`; its promise is awaited at the end
 */
export async function atRate(
  perSecond: number,
  durationMs: number,
  act: (dueMs: number) => Promise<void>,
): Promise<void> {
  const actions: Promise<void>[] = [];
  const end = performance.now() + durationMs;
  const untilNext = () => (-Math.log(1 - Math.random()) / perSecond) * 1_000;
  let dueMs = performance.now() + untilNext();
  while (dueMs < end) {
    for (; dueMs <= performance.now() && dueMs < end; dueMs += untilNext()) {
      const action = act(dueMs);
      // A failure before the end is reported at the end.
      action.catch(() => undefined);
      actions.push(action);
    }
    await delay(1);
  }
  await Promise.all(actions);
}
