/** The listeners of a queue's `onChange`. */
export interface ChangeListeners {
  /** Adds a listener. Returns how to remove it. */
  add(listener: () => void): () => void;
  /**
   * Calls every listener from a microtask of its own, once for all calls before it. A throw of a
   * listener is an uncaught error, and stops nothing in the queue.
   */
  notify(): void;
}

/** Starts without listeners. */
export function createChangeListeners(): ChangeListeners {
  const listeners = new Set<() => void>();
  let isNotifying = false;
  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    notify() {
      if (isNotifying) return;
      isNotifying = true;
      queueMicrotask(() => {
        isNotifying = false;
        for (const listener of [...listeners]) listener();
      });
    },
  };
}
