import { backOffMs } from "./back-off.js";
import type { Network } from "./network.js";

/** Does what needs the server until it goes well, waiting for the network and longer each time. */
export async function keepTrying<T>(
  network: Network,
  task: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    await network.online();
    try {
      return await task();
    } catch {
      await network.pause(backOffMs(attempt));
    }
  }
}
