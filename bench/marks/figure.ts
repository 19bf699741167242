import type { Throughput } from "../support/load.js";
import { median, medianRatio, relativeSpread } from "../support/statistics.js";

/** The ratio of two rates, in the middle round. */
export function timesAsFast(
  samples: readonly Throughput[],
  others: readonly Throughput[],
): number {
  const rates = (of: readonly Throughput[]) => of.map((s) => s.perSecond);
  return medianRatio(rates(samples), rates(others));
}

/** A rate as text. */
export function describeRate({ perSecond, cpuMicros }: Throughput): string {
  const rate = Math.round(perSecond).toLocaleString("en");
  return `${rate} marks/s, ${cpuMicros.toFixed(0)} µs CPU each`;
}

/** Median and spread as text. */
export function describeRates(samples: readonly Throughput[]): string {
  const rates = samples.map((sample) => sample.perSecond);
  const cpuMicros = median(samples.map((sample) => sample.cpuMicros));
  const middle = { perSecond: median(rates), cpuMicros };
  return `${describeRate(middle)} (${relativeSpread(rates)})`;
}
