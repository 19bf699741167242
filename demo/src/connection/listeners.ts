/** Who wants to know of changes. */
export interface Listeners {
  /** Adds a listener; returns how to take it away. */
  add(listener: () => void): () => void;
  tell(): void;
}

/** A set of listeners, as React's `useSyncExternalStore` wants to add them. */
export function createListeners(): Listeners {
  const listeners = new Set<() => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell() {
      for (const listener of [...listeners]) listener();
    },
  };
}
