import { setTimeout as sleep } from "node:timers/promises";

/** A pause before connecting again, in milliseconds. It differs between nodes, which lose a bus together. */
export const reconnectPauseMs = () => 250 + Math.random() * 500;

/**
 * Opens a connection again and again until it is closed.
 * @param openOnce lasts as long as the connection, and throws when that is lost
 * @param onLost told why, unless it is being closed
 */
export async function keepOpen(
  openOnce: () => Promise<void>,
  onLost: (error: unknown) => void,
  closing: AbortSignal,
): Promise<void> {
  const isClosing = () => closing.aborted;
  while (!isClosing()) {
    try {
      await openOnce();
    } catch (error) {
      if (!isClosing()) onLost(error);
    }
    await sleep(reconnectPauseMs(), undefined, { signal: closing }).catch(
      () => undefined,
    );
  }
}
