import type { Bus, Notice } from "./bus.js";

/** The bus of a node that is alone: nothing is ever lost. */
export function createInProcessBus(): Bus {
  const listeners = new Set<(notice: Notice) => void>();
  return {
    isConnected: true,
    publish(notice) {
      for (const listener of listeners) listener(notice);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => Promise.resolve(),
  };
}
