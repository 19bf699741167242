import { Counter, Gauge, type Registry } from "prom-client";
import type { Bus } from "../bus/bus.js";
import type { BusObserver } from "../bus/observer.js";

/** What a node tells Prometheus of its bus. */
export interface BusMetrics {
  /** Hand it to the bus. */
  readonly observer: BusObserver;
  /**
   * Reports how the bus is now.
   * @param silences for each other node, for how many milliseconds it was not heard
   */
  watch(
    bus: Pick<Bus, "isConnected">,
    silences: () => ReadonlyMap<string, number>,
  ): void;
}

/** Makes the metrics of the bus. */
export function busMetrics(registry: Registry): BusMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name, help, registers });
  const framesSent = counter(
    "acked_bus_frames_sent_total",
    "Frames sent to other nodes, those without notices included.",
  );
  const noticesSent = counter(
    "acked_bus_notices_sent_total",
    "Notices sent to other nodes; those sent again count again.",
  );
  const framesHeard = counter(
    "acked_bus_frames_heard_total",
    "Frames heard of other nodes.",
  );
  const noticesHeard = counter(
    "acked_bus_notices_heard_total",
    "Notices heard of other nodes.",
  );
  const dropped = counter(
    "acked_bus_notices_dropped_total",
    "Notices that were not sent because too many waited for the bus.",
  );
  const disconnects = counter(
    "acked_bus_disconnects_total",
    "How often the bus was lost, or could not be reached.",
  );
  const losses = new Counter({
    name: "acked_bus_losses_total",
    help: "Signs that notices may have been lost, by what was seen.",
    labelNames: ["loss"],
    registers,
  });
  const comparisons = new Counter({
    name: "acked_bus_comparisons_total",
    help: "Comparisons with the database that the bus asked for, by what was seen first.",
    labelNames: ["loss"],
    registers,
  });
  return {
    observer: {
      onSent(notices) {
        framesSent.inc();
        noticesSent.inc(notices);
      },
      onHeard(notices) {
        framesHeard.inc();
        noticesHeard.inc(notices);
      },
      onDropped: (notices) => dropped.inc(notices),
      onLoss: (loss) => losses.inc({ loss }),
      onComparison: (loss) => comparisons.inc({ loss }),
      onLost: () => disconnects.inc(),
      onProblem: () => undefined,
      onConnected: () => undefined,
    },
    watch(bus, silences) {
      new Gauge({
        name: "acked_bus_connected",
        help: "1 while this node and others can tell each other what has changed.",
        registers,
        collect() {
          this.set(bus.isConnected ? 1 : 0);
        },
      });
      new Gauge({
        name: "acked_bus_peer_silence_seconds",
        help: "For how long another node was not heard; the node is named as in its frames.",
        labelNames: ["peer"],
        registers,
        collect() {
          this.reset();
          for (const [peer, ms] of silences()) this.set({ peer }, ms / 1_000);
        },
      });
    },
  };
}
