import { waitMs } from "@acked/client";
import { backOff } from "./back-off.js";
import type { Network } from "./network.js";

/**
 * Runs a task that needs the server until it succeeds. Each attempt waits for the network, and each
 * wait after a failure is longer than the one before.
 */
export async function keepTrying<T>(
  network: Network,
  task: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    await network.online();
    try {
      return await task();
    } catch {
      await network.pause(waitMs(backOff, attempt));
    }
  }
}
