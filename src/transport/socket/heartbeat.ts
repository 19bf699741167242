import type { Connection } from "./connection.js";

/**
 * Pings a socket that is silent, and terminates a socket that answers no ping. A socket that was silent for
 * one beat is pinged at the next one, and terminated at the one after that. A client that says something of
 * its own, such as a ping, costs no ping.
 */
export function beat(connection: Connection): void {
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
