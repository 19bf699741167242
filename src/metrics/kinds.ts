import { Counter, Gauge, type Registry } from "prom-client";

/** Registers a gauge whose value is found when it is read. */
export function gaugeOf(
  registry: Registry,
  name: string,
  help: string,
  value: () => number,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}

/** Shows a counter's series from the start: what was never counted is 0, and a first count is seen as a rise. */
export function startAtZero<Label extends string>(
  counter: Counter<Label>,
  label: Label,
  values: readonly (string | number)[],
): void {
  for (const value of values)
    counter.inc({ [label]: value } as Record<Label, string | number>, 0);
}

/**
 * Makes a counter of plain numbers, for what happens very often: Prometheus gets them when it asks.
 * @returns the numbers, to be raised
 */
export function plainCounter<Value extends string>(
  registry: Registry,
  {
    label,
    values,
    ...about
  }: {
    name: string;
    help: string;
    label: string;
    values: readonly Value[];
  },
): Record<Value, number> {
  const counts = Object.fromEntries(
    values.map((value) => [value, 0]),
  ) as Record<Value, number>;
  new Counter({
    ...about,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const value of values) this.inc({ [label]: value }, counts[value]);
    },
  });
  return counts;
}
