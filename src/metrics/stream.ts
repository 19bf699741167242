import { Counter, Gauge, type Registry } from "prom-client";
import type { Hub } from "../stream/hub.js";
import { withheldReasons, type StreamObserver } from "../stream/observer.js";
import { gaugeOf, plainCounter, startAtZero } from "./kinds.js";
import type { ChangeSet } from "../stream/visible-change.js";
import { secondsOfWaiting, TallyHistogram } from "./tally.js";

/** Metrics of the stream. */
export function streamMetrics(registry: Registry): StreamObserver {
  const registers = [registry];
  const withheld = new Counter({
    name: "acked_stream_events_withheld_total",
    help: "Events that a follower was not sent, by reason: docs/why-no-event.md.",
    labelNames: ["reason"],
    registers,
  });
  const counter = (name: string, help: string) =>
    new Counter({ name, help, registers });
  const resets = counter(
    "acked_stream_resets_total",
    "Subscribers told to read the state anew.",
  );
  const sweepFound = counter(
    "acked_stream_sweep_found_total",
    "Conversations with changes that a sweep found and no notice had told of.",
  );
  const rounds = counter(
    "acked_stream_rounds_total",
    "Readings of a conversation's changes for its live followers.",
  );
  const merged = counter(
    "acked_stream_merged_changes_total",
    "Changes that went together with another one in a round.",
  );
  const kinds = {
    label: "kind",
    values: ["status", "messages", "badge"],
  } as const;
  const events = plainCounter(registry, {
    name: "acked_stream_events_total",
    help: "Events handed to sockets, by kind.",
    ...kinds,
  });
  const executions = plainCounter(registry, {
    name: "acked_stream_executions_total",
    help: "Executions that events were made by, by kind: an execution serves all followers with the same result.",
    ...kinds,
  });
  const catchUps = new Counter({
    name: "acked_stream_catch_ups_total",
    help: "Followers that read for themselves: live at the end, left before it, or failed.",
    labelNames: ["outcome"],
    registers,
  });
  startAtZero(withheld, "reason", withheldReasons);
  startAtZero(catchUps, "outcome", ["live", "left", "failed"]);
  const delay = new TallyHistogram({
    name: "acked_event_delay_seconds",
    help: "From a change's time in the database to the end of the round that sent it, by this node's clock.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  }).of();
  const sweeps = new TallyHistogram({
    name: "acked_sweep_duration_seconds",
    help: "Sweeps by outcome: ok or failed.",
    labelNames: ["outcome"],
    buckets: secondsOfWaiting,
    registers,
  });
  return {
    onWithheld: ({ reason }) => withheld.inc({ reason }),
    onReset: () => resets.inc(),
    onSweepFound: (conversations) => sweepFound.inc(conversations),
    onRound(from, set) {
      const changes = set.position.version - from.version;
      const delayMs = delayOf(set);
      rounds.inc();
      merged.inc(Math.max(0, changes - 1));
      // A node whose clock is behind the database's would see events before their changes.
      if (delayMs !== null) delay.add(Math.max(0, delayMs) / 1_000);
    },
    onSent(kind, followers) {
      executions[kind]++;
      events[kind] += followers;
    },
    onCatchUp: (outcome) => catchUps.inc({ outcome }),
    onSwept: (ms, isOk) => sweeps.of(isOk ? "ok" : "failed").add(ms / 1_000),
  };
}

/** For how long the oldest change of a set was in the database, by this node's clock; null where that is not known. */
function delayOf({ rows, position }: ChangeSet): number | null {
  const [oldest] = rows;
  const atMs = oldest ? Date.parse(oldest.at) : position.changedMs;
  return atMs > 0 ? Date.now() - atMs : null;
}

/** Gauges of what is open. */
export function streamGauges(registry: Registry, hub: Hub): void {
  gaugeOf(
    registry,
    "acked_subscriptions",
    "Subscriptions running.",
    () => hub.size.subscriptions,
  );
  gaugeOf(
    registry,
    "acked_feeds",
    "Conversations that somebody here listens to.",
    () => hub.size.feeds,
  );
  gaugeOf(
    registry,
    "acked_timeline",
    "The timeline of the database that this node works in: a new one begins where history was lost.",
    () => hub.timeline,
  );
  new Gauge({
    name: "acked_stream_followers",
    help: "Subscriptions in conversations, by state.",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [state, count] of hub.countByState())
        this.set({ state }, count);
    },
  });
}
