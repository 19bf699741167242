import { Counter, type Registry } from "prom-client";
import type { FairObserver, Refused } from "../fair/observer.js";
import { startAtZero } from "./kinds.js";

const everything: Readonly<Record<Refused, true>> = {
  sockets: true,
  subscriptions: true,
  subscriptionsToOne: true,
  marks: true,
  operations: true,
  connections: true,
  sends: true,
  conversations: true,
  additions: true,
  cost: true,
  address: true,
};

/** What a node tells of what it refuses because one user, or one address, asks for too much. */
export function fairMetrics(registry: Registry): FairObserver {
  const refused = new Counter({
    name: "acked_rate_limited_total",
    help: "What was refused because one user, or one address, asked for too much, by what there was too much of.",
    labelNames: ["what"],
    registers: [registry],
  });
  startAtZero(refused, "what", Object.keys(everything));
  return { onRefused: (what) => refused.inc({ what }) };
}
