import type { Connection } from "./connection.js";

/** The time between two pings of a socket. A socket that is silent for that long is terminated. */
const pingMs = 12_000;

/**
 * Pings every open socket, and terminates a socket that has sent neither a pong nor a message since
 * its last ping.
 * @returns ends the heartbeat
 */
export function startHeartbeat(connections: Iterable<Connection>): () => void {
  const pings = setInterval(() => {
    for (const connection of connections) beat(connection);
  }, pingMs);
  pings.unref();
  return () => clearInterval(pings);
}

function beat(connection: Connection): void {
  // A socket that does not drain cannot answer a ping; its drain timeout closes the socket.
  if (connection.drain.isAwaited) return;
  if (!connection.isAlive) {
    connection.socket.terminate();
    return;
  }
  connection.isAlive = false;
  connection.socket.ping();
}
