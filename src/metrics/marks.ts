import { Counter, Histogram, type Registry } from "prom-client";
import {
  markOutcomes,
  type MarkObserver,
  type MarkOutcomeName,
} from "../domain/receipts/mark-observer.js";
import type { ReceiptKind } from "../domain/receipts/receipt.js";
import { startAtZero } from "./kinds.js";

/** Metrics of the write path of marks. */
export function markMetrics(registry: Registry): Required<MarkObserver> {
  const registers = [registry];
  const batches = new Histogram({
    name: "acked_mark_batch_size",
    help: "Marks written by one statement.",
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000],
    registers,
  });
  const overloads = new Counter({
    name: "acked_marks_refused_total",
    help: "Marks answered UNAVAILABLE because too many waited, or one for too long.",
    registers,
  });
  const apart = new Counter({
    name: "acked_marks_apart_total",
    help: "Marks that left their batch, by what they wait for: a conversation that is locked, or a participant.",
    labelNames: ["reason"],
    registers,
  });
  startAtZero(apart, "reason", ["conversation", "participant"]);
  const held = new Counter({
    name: "acked_mark_lock_timeouts_total",
    help: "Turns in which marks waited in vain for a lock that another transaction held.",
    registers,
  });
  const counts = countsOfMarks(registry);
  return {
    onBatch: (size) => batches.observe(size),
    onOverload: () => overloads.inc(),
    onApart: (reason) => apart.inc({ reason }),
    onHeld: () => held.inc(),
    onMark(kind, outcome) {
      counts[kind][outcome]++;
    },
  };
}

/** Plain numbers, for there is one for each mark. Prometheus gets them when it asks. */
function countsOfMarks(registry: Registry) {
  const none = (): Record<MarkOutcomeName, number> => ({
    changed: 0,
    unchanged: 0,
    not_found: 0,
    failed: 0,
  });
  const counts: Record<ReceiptKind, Record<MarkOutcomeName, number>> = {
    DELIVERED: none(),
    READ: none(),
  };
  new Counter({
    name: "acked_marks_total",
    help: "Marks by kind and outcome: changed, unchanged (a repeat, or nothing to mark), not_found, or failed.",
    labelNames: ["kind", "outcome"],
    registers: [registry],
    collect() {
      this.reset();
      for (const kind of ["DELIVERED", "READ"] as const)
        for (const outcome of markOutcomes)
          this.inc({ kind, outcome }, counts[kind][outcome]);
    },
  });
  return counts;
}
