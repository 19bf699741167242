import type { DatabaseObserver } from "./observer.js";
import type { PoolEvent } from "./pool-event.js";
import type { ServerOptions } from "./servers.js";

/** How a pool is made. */
export interface PoolOptions extends ServerOptions {
  /** Connections at most. */
  readonly max: number;
  /** How long a statement may wait for a connection. */
  readonly waitLimitMs: number;
  readonly onEvent: (event: PoolEvent) => void;
  readonly observer?: DatabaseObserver | null;
}
