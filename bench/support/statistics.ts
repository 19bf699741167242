/** The median; NaN where there are no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Lowest and highest as distances from the median, e.g. `-4 %, +11 %`. */
export function relativeSpread(values: readonly number[]): string {
  const middle = median(values);
  const distance = (value: number) => {
    const percent = Math.round((value / middle - 1) * 100);
    return `${percent > 0 ? "+" : ""}${percent} %`;
  };
  return `${distance(Math.min(...values))}, ${distance(Math.max(...values))}`;
}

/**
 * The median of the rounds' ratios. Other work on the machine slows both sides of a
 * round, whereas the medians of the two sides may be of different rounds.
 */
export function medianRatio(
  values: readonly number[],
  others: readonly number[],
): number {
  return median(values.map((value, round) => value / (others[round] ?? NaN)));
}
