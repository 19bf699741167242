/** Listeners to changes. */
export interface Listeners {
  /** Adds a listener. Returns how to remove it. */
  add(listener: () => void): () => void;
  tell(): void;
}

/** Makes a set of listeners for React's `useSyncExternalStore`. */
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
