import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connection } from "./connection.js";

/**
 * The time between two beats. A socket that was silent for one beat is pinged at the next one, and
 * terminated at the one after that: 27 seconds after its last sign of life at the latest.
 */
const beatMs = 9_000;

/** So many sockets are pinged in one turn of the event loop: 2,000 in one took 75 ms and more. */
const perTurn = 50;

/**
 * Pings open sockets that are silent, and terminates a socket that answers no ping. A client that says
 * something of its own, such as a ping, costs no ping.
 * @returns ends the heartbeat
 */
export function startHeartbeat(connections: Iterable<Connection>): () => void {
  let isOver = false;
  const pings = setInterval(() => void beatAll(), beatMs);
  pings.unref();
  return () => {
    isOver = true;
    clearInterval(pings);
  };

  async function beatAll(): Promise<void> {
    let count = 0;
    for (const connection of connections) {
      if (isOver) return;
      beat(connection);
      if (++count % perTurn === 0) await nextTurn();
    }
  }
}

function beat(connection: Connection): void {
  // A socket that does not drain cannot answer a ping; its drain timeout closes the socket.
  if (connection.drain.isAwaited) return;
  switch (++connection.silentBeats) {
    case 1:
      return;
    case 2:
      connection.socket.ping();
      return;
    default:
      connection.socket.terminate();
  }
}
