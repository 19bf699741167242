import { Counter, Gauge, type Registry } from "prom-client";
import type { OverloadObserver } from "../foundation/overload.js";

/** What a node tells of the work that it turns away. */
export function overloadMetrics(registry: Registry): OverloadObserver {
  const registers = [registry];
  const shed = new Counter({
    name: "acked_shed_total",
    help: "New work turned away because this node was past its limits: requests over HTTP, sockets, operations on sockets.",
    labelNames: ["what"],
    registers,
  });
  const shedding = new Gauge({
    name: "acked_shedding",
    help: "1 while this node turns new work away, by what is past its limit.",
    labelNames: ["reason"],
    registers,
  });
  return {
    onShed: (what) => shed.inc({ what }),
    onChange(reason) {
      shedding.reset();
      if (reason !== null) shedding.set({ reason }, 1);
    },
  };
}
