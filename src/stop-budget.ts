import type { Config } from "./config/config.js";

/** The longest time that each step of a stop takes, in milliseconds. The steps come one after the other. */
export interface StopBudget {
  /** The node says that it is not ready, and serves on. */
  readonly delay: number;
  /** Over so long sockets are closed. It is a part of `closing`. */
  readonly drain: number;
  /** Sockets are closed, and what runs on them and over HTTP finishes. */
  readonly closing: number;
  /** Clients answer the close frames of their sockets. */
  readonly closeHandshake: number;
  /** All of the node but the embedded Postgres. After this time each part is told to stop and not waited for. */
  readonly parts: number;
  /** The whole stop. After this time the process ends, whatever hangs. */
  readonly total: number;
}

/** The database's connections finish their statements: two seconds in `db/connect.ts`. */
const database = 2_000;
/** The bus sends what waits, and says that this node leaves. */
const bus = 500;
/** The last spans are sent. */
const traces = 500;
/** Time of the event loop between the steps. The hub stops at once. */
const spare = 500;
const closeHandshake = 1_000;
/** What the embedded Postgres has to stop in. */
const embeddedPostgres = 1_000;

/** What runs has at least so long to finish, */
const grace = 4_000;
/** and so long where it runs on a socket that was the last one to be closed. */
const graceOfLast = 2_000;

/**
 * The steps of a stop. Where nothing is set they add up to 9,500: orchestrators kill a process after
 * 10,000 unless they are told otherwise.
 */
export function stopBudget({
  drainDelayMs,
  drainMs,
}: Pick<Config, "drainDelayMs" | "drainMs">): StopBudget {
  const closing = Math.max(grace, drainMs + graceOfLast);
  const parts =
    drainDelayMs + closing + closeHandshake + bus + database + traces + spare;
  return {
    delay: drainDelayMs,
    drain: drainMs,
    closing,
    closeHandshake,
    parts,
    total: parts + embeddedPostgres,
  };
}
