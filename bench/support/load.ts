import type { Contender } from "./contender.js";

/** The result of a contender in a round. */
export interface Throughput {
  readonly perSecond: number;
  /** CPU of the contender's process for each answer, in microseconds. */
  readonly cpuMicros: number;
}

/**
 * Keeps workers busy for a while: each worker starts again when it is answered, and none starts after the
 * time is up. The last answer ends the measurement.
 */
export async function measureThroughput(
  contender: Contender,
  durationMs: number,
  workers: readonly (() => Promise<boolean>)[],
): Promise<Throughput> {
  let answered = 0;
  const cpuBefore = await contender.cpuMicros();
  const start = performance.now();
  await Promise.all(
    workers.map(async (work) => {
      while (performance.now() - start < durationMs && (await work()))
        answered++;
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  const cpu = (await contender.cpuMicros()) - cpuBefore;
  if (answered === 0) throw new Error(`${contender.name} answered nothing`);
  return { perSecond: answered / seconds, cpuMicros: cpu / answered };
}
