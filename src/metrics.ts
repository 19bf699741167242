import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
} from "prom-client";
import type { OverloadObserver } from "./foundation/overload.js";
import type { Hub } from "./stream/hub.js";
import type { StreamObserver } from "./stream/observer.js";
import type { MarkObserver } from "./domain/receipts/mark-writer.js";

/** What a node tells Prometheus. */
export interface Metrics {
  /** Hand it to the write path. */
  readonly marks: MarkObserver;
  /** Hand it to the stream. */
  readonly stream: StreamObserver;
  /** Hand it to the transports. */
  readonly overload: OverloadObserver;
  /** Reports what is open now. */
  watch(open: { hub: Hub; sockets: { readonly size: number } }): void;
  /** Everything in Prometheus's text format. */
  read(): Promise<{ contentType: string; text: string }>;
}

/**
 * How often the event loop is looked at. Every 10 ms, the default of prom-client, took 1.2 % of a core in
 * a node without any work: more than 2,000 idle sockets.
 */
const eventLoopPrecisionMs = 50;

/** Makes the metrics of a node. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: eventLoopPrecisionMs,
  });
  const withheld = new Counter({
    name: "acked_stream_events_withheld_total",
    help: "Events that a follower was not sent, by reason: docs/why-no-event.md.",
    labelNames: ["reason"],
    registers,
  });
  const resets = new Counter({
    name: "acked_stream_resets_total",
    help: "Subscribers told to read the state anew.",
    registers,
  });
  const sweepFound = new Counter({
    name: "acked_stream_sweep_found_total",
    help: "Conversations with changes that a sweep found and no notice had told of.",
    registers,
  });
  return {
    stream: {
      onWithheld: ({ reason }) => withheld.inc({ reason }),
      onReset: () => resets.inc(),
      onSweepFound: (conversations) => sweepFound.inc(conversations),
    },
    marks: markMetrics(registry),
    overload: overloadMetrics(registry),
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
      new Gauge({
        name: "acked_stream_followers",
        help: "Subscriptions in conversations, by state.",
        labelNames: ["state"],
        registers,
        collect() {
          this.reset();
          for (const [state, count] of hub.countByState())
            this.set({ state }, count);
        },
      });
    },
    async read() {
      return {
        contentType: registry.contentType,
        text: await registry.metrics(),
      };
    },
  };
}

function overloadMetrics(registry: Registry): OverloadObserver {
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

function markMetrics(registry: Registry): MarkObserver {
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
  const held = new Counter({
    name: "acked_mark_lock_timeouts_total",
    help: "Turns in which marks waited in vain for a lock that another transaction held.",
    registers,
  });
  return {
    onBatch: (size) => batches.observe(size),
    onOverload: () => overloads.inc(),
    onApart: (reason) => apart.inc({ reason }),
    onHeld: () => held.inc(),
  };
}
