import { Gauge, type Registry } from "prom-client";
import type { DatabaseObserver, PoolSize } from "../db/observer.js";
import { secondsOfWaiting, TallyHistogram } from "./tally.js";

/** The pools of a node, by the name that they have in metrics. */
export type Pools = Readonly<Record<string, { readonly size: PoolSize }>>;

/** Metrics of statements and connections. */
export function databaseMetrics(registry: Registry): DatabaseObserver {
  const registers = [registry];
  const statements = new TallyHistogram({
    name: "acked_statement_duration_seconds",
    help: "Statements by name and outcome (ok or failed), the wait for a connection included.",
    labelNames: ["statement", "outcome"],
    buckets: secondsOfWaiting,
    registers,
  });
  const waits = new TallyHistogram({
    name: "acked_pool_wait_seconds",
    help: "How long statements and transactions waited for a connection.",
    labelNames: ["access"],
    buckets: secondsOfWaiting,
    registers,
  });
  return {
    onStatement: (name, ms, isOk) =>
      statements.of(name, isOk ? "ok" : "failed").add(ms / 1_000),
    onWaited: (access, ms) => waits.of(access).add(ms / 1_000),
  };
}

/** Gauges of the connections of pools. */
export function poolGauges(registry: Registry, pools: Pools): void {
  const registers = [registry];
  new Gauge({
    name: "acked_pool_connections",
    help: "Connections to the database by pool and state.",
    labelNames: ["pool", "state"],
    registers,
    collect() {
      for (const [pool, { size }] of Object.entries(pools))
        for (const state of ["idle", "busy", "opening"] as const)
          this.set({ pool, state }, size[state]);
    },
  });
  new Gauge({
    name: "acked_pool_connections_max",
    help: "Connections that a pool opens at most now: fewer than DATABASE_POOL where the database lets in fewer.",
    labelNames: ["pool"],
    registers,
    collect() {
      for (const [pool, { size }] of Object.entries(pools))
        this.set({ pool }, size.most);
    },
  });
  new Gauge({
    name: "acked_pool_waiting",
    help: "Statements and transactions that wait for a connection.",
    labelNames: ["pool"],
    registers,
    collect() {
      for (const [pool, { size }] of Object.entries(pools))
        this.set({ pool }, size.waiting);
    },
  });
}
