import type { BusObserver } from "../../src/bus/observer.js";

/** An observer to whom nothing matters. */
export const quiet: BusObserver = {
  onSent: () => undefined,
  onHeard: () => undefined,
  onLoss: () => undefined,
  onComparison: () => undefined,
  onDropped: () => undefined,
  onLost: () => undefined,
  onProblem: () => undefined,
  onConnected: () => undefined,
};
