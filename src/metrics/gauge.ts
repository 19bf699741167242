import { Gauge, type Registry } from "prom-client";

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
