import { platform } from "./platform.js";

/** The other tabs that share a storage. */
export interface Tabs {
  /** Runs `work` while no other tab runs its own; never where `signal` is aborted before. */
  exclusively(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Sends a message to all other tabs. */
  tell(message: unknown): void;
  close(): void;
}

/**
 * Finds the other tabs by name. Web Locks let one tab at a time work, and a BroadcastChannel carries
 * messages between tabs. Without a name, or where the browser lacks either, a tab works alone: two tabs
 * may then send the same entry, and the server counts it once.
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
        // The browser refused the lock, as in a sandboxed frame: work without it.
        if (!signal.aborted) await work();
      }
    },
    tell: (message) => channel?.postMessage(message),
    close: () => channel?.close(),
  };
}
