import { percentile } from "../latency/stopwatch.js";
import type { Figure, Goal } from "../support/scenario.js";
import { median, medianRatio, relativeSpread } from "../support/statistics.js";
import type { Connected, Entrant, Idle, Returned } from "./entrant.js";
import { inboxSize, type Extent } from "./inboxes.js";

/** All that was measured of one side. */
export interface Measured {
  readonly connected: Connected;
  readonly idle: Idle;
  /** One for each round. */
  readonly latencies: readonly Awaited<ReturnType<Entrant["latencies"]>>[];
  readonly returned: Returned;
}

/** Followers of all conversations, against followers of one. */
export function figuresOf(
  extent: Extent,
  all: Measured,
  one: Measured,
): Figure[] {
  const sockets = extent.listeners.toLocaleString("en");
  const who = `${sockets} × all of ${inboxSize(extent)}`;
  const row = (
    what: string,
    describe: (measured: Measured) => string,
    ratio: number | null,
    goal: Goal | null,
  ): Figure => ({
    figure: `${who}: ${what}`,
    value: describe(all),
    against: "as many that follow one",
    peerValue: describe(one),
    ratio,
    goal,
  });
  const atMost = (value: number): Goal => ({ kind: "at most", value });
  const stalls = row(
    "longest stall of the event loop, in ms",
    describeStalls,
    longestStall(all),
    atMost(50),
  );
  return [
    row(
      "time to connect and subscribe",
      describeConnecting,
      all.connected.ms / one.connected.ms,
      null,
    ),
    row(
      "memory of a socket",
      ({ connected }) => `${(connected.retained / 1_024).toFixed(1)} KiB`,
      all.connected.retained / one.connected.retained,
      atMost(2),
    ),
    row(
      "idle CPU, in percent of a core",
      describeIdle,
      all.idle.server + all.idle.postgres,
      atMost(1),
    ),
    stalls,
    latencyRow(0.5, "p50"),
    latencyRow(0.99, "p99"),
    row(
      "reconnect of all at once, with cursors from before",
      describeReturn,
      null,
      null,
    ),
    row(
      "longest stall at the reconnect, in ms",
      ({ returned }) => `${returned.longestStallMs.toFixed(0)} ms`,
      all.returned.longestStallMs,
      atMost(50),
    ),
  ];

  function latencyRow(share: number, name: string): Figure {
    const of = ({ latencies }: Measured) =>
      latencies.map(({ sorted }) => percentile(sorted, share));
    return row(
      `mark to event, ${name}, ${extent.marksPerSecond} marks/s`,
      (measured) =>
        `${median(of(measured)).toFixed(1)} ms (${relativeSpread(of(measured))})`,
      medianRatio(of(all), of(one)),
      atMost(1.5),
    );
  }
}

function longestStall({ connected, idle, latencies }: Measured): number {
  return Math.max(
    connected.longestStallMs,
    idle.longestStallMs,
    ...latencies.map(({ longestStallMs }) => longestStallMs),
  );
}

function describeConnecting({ connected }: Measured): string {
  return `${seconds(connected.ms)}, ${describeCpu(connected)}`;
}

function describeIdle({ idle }: Measured): string {
  return `${idle.server.toFixed(2)} %, Postgres ${idle.postgres.toFixed(2)} %`;
}

function describeStalls({ connected, idle, latencies }: Measured): string {
  const marking = Math.max(...latencies.map((one) => one.longestStallMs));
  const [a, b, c] = [connected.longestStallMs, idle.longestStallMs, marking];
  return `connecting ${a.toFixed(0)}, idle ${b.toFixed(0)}, marks ${c.toFixed(0)} ms`;
}

function describeReturn({ returned }: Measured): string {
  const { events, subscribedMs, ms } = returned;
  return `${seconds(subscribedMs)}; ${events.toLocaleString("en")} events after ${seconds(ms)}, ${describeCpu(returned)}`;
}

function describeCpu(used: { serverMs: number; postgresMs: number }): string {
  return `${seconds(used.serverMs)} CPU, Postgres ${seconds(used.postgresMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
