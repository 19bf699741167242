import { Registry, collectDefaultMetrics } from "prom-client";
import type { DatabaseObserver } from "./db/observer.js";
import type { MarkObserver } from "./domain/receipts/mark-observer.js";
import { buildInfo } from "./metrics/build.js";
import { databaseMetrics, poolGauges, type Pools } from "./metrics/database.js";
import { fairMetrics } from "./metrics/fair.js";
import { gaugeOf } from "./metrics/kinds.js";
import { overloadMetrics } from "./metrics/overload.js";
import type { FairObserver } from "./fair/observer.js";
import type { UnderWay } from "./fair/under-way.js";
import type { OverloadObserver } from "./foundation/overload.js";
import { markMetrics } from "./metrics/marks.js";
import { busMetrics, type BusMetrics } from "./metrics/bus.js";
import {
  transportMetrics,
  type TransportObserver,
} from "./metrics/operations.js";
import { streamGauges, streamMetrics } from "./metrics/stream.js";
import type { Hub } from "./stream/hub.js";
import type { StreamObserver } from "./stream/observer.js";

/** What a node tells Prometheus. docs/deploy/observe.md lists the metrics. */
export interface Metrics {
  /** Hand it to the write path. */
  readonly marks: MarkObserver;
  /** Hand it to the stream. */
  readonly stream: StreamObserver;
  readonly bus: BusMetrics;
  /** Hand it to the transports. */
  readonly transports: TransportObserver;
  /** Hand it to the connections. */
  readonly database: DatabaseObserver;
  /** Hand it to the transports. */
  readonly overload: OverloadObserver;
  /** Hand it to the transports. */
  readonly fair: FairObserver;
  /** Reports what is open now, and what waits. */
  watch(open: {
    hub: Hub;
    sockets: { readonly size: number };
    underWay: UnderWay;
  }): void;
  /** Reports the connections of pools. */
  watchPools(pools: Pools): void;
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
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: eventLoopPrecisionMs,
  });
  buildInfo(registry);
  return {
    stream: streamMetrics(registry),
    marks: markMetrics(registry),
    bus: busMetrics(registry),
    transports: transportMetrics(registry),
    database: databaseMetrics(registry),
    overload: overloadMetrics(registry),
    fair: fairMetrics(registry),
    watch({ hub, sockets, underWay }) {
      gaugeOf(
        registry,
        "acked_operations_waiting",
        "Queries and mutations that wait for others of the same user.",
        () => underWay.waiting,
      );
      gaugeOf(
        registry,
        "acked_sockets",
        "WebSockets open.",
        () => sockets.size,
      );
      streamGauges(registry, hub);
    },
    watchPools: (pools) => poolGauges(registry, pools),
    async read() {
      return {
        contentType: registry.contentType,
        text: await registry.metrics(),
      };
    },
  };
}
