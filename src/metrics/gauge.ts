import { Gauge, type Counter, type Registry } from "prom-client";

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
