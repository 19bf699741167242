import { platform } from "./platform.js";

/** The other tabs that share a storage. */
export interface Tabs {
  /** Runs `work` while no other tab runs its own; not at all where `signal` is aborted before. */
  exclusively(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Tells all others. */
  tell(message: unknown): void;
  close(): void;
}

/**
 * Finds the other tabs by name: one at a time works, by Web Locks, and they tell each other what
 * they did, by BroadcastChannel. Without a name, or where the browser lacks either, a tab is alone:
 * then two may send the same, which the server takes once.
 */
export function openTabs<T>(
  name: string | undefined,
  onMessage: (message: T) => void,
): Tabs {
  const locks = name === undefined ? undefined : platform.navigator?.locks;
  const channel =
    name !== undefined && platform.BroadcastChannel
      ? new platform.BroadcastChannel(name)
      : null;
  if (channel)
    channel.onmessage = ({ data }: MessageEvent<T>) => onMessage(data);

  return {
    async exclusively(work, signal) {
      if (!locks || name === undefined) return work();
      const turn = { hasBegun: false };
      try {
        await locks.request(name, { signal }, () => {
          turn.hasBegun = true;
          return work();
        });
      } catch (error) {
        if (turn.hasBegun) throw error;
        // Refused, as in a sandboxed frame: work on without.
        if (!signal.aborted) await work();
      }
    },
    tell: (message) => channel?.postMessage(message),
    close: () => channel?.close(),
  };
}
