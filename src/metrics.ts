import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
} from "prom-client";
import type { Hub } from "./stream/hub.js";
import type { MarkObserver } from "./domain/receipts/receipt-service.js";

/** What a node tells Prometheus. */
export interface Metrics {
  /** Hand it to the write path. */
  readonly marks: MarkObserver;
  /** Reports what is open now. */
  watch(open: { hub: Hub; sockets: { readonly size: number } }): void;
  /** Everything in Prometheus's text format. */
  read(): Promise<{ contentType: string; text: string }>;
}

/** Makes the metrics of a node. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const batches = new Histogram({
    name: "acked_mark_batch_size",
    help: "Marks written by one statement.",
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000],
    registers,
  });
  const overloads = new Counter({
    name: "acked_marks_refused_total",
    help: "Marks answered UNAVAILABLE because too many waited.",
    registers,
  });
  return {
    marks: {
      onBatch: (size) => batches.observe(size),
      onOverload: () => overloads.inc(),
    },
    watch({ hub, sockets }) {
      const gauge = (name: string, help: string, value: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(value());
          },
        });
      gauge("acked_sockets", "WebSockets open.", () => sockets.size);
      gauge(
        "acked_subscriptions",
        "Subscriptions running.",
        () => hub.size.subscriptions,
      );
      gauge(
        "acked_feeds",
        "Conversations that somebody here listens to.",
        () => hub.size.feeds,
      );
    },
    async read() {
      return {
        contentType: registry.contentType,
        text: await registry.metrics(),
      };
    },
  };
}
