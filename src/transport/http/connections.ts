import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";

/** How often a stop closes the connections that have become idle. */
const idleCheckMs = 50;

/**
 * Stops listening and finishes the running requests. A request that outlasts the grace loses its
 * connection.
 */
export async function closeHttp(
  http: FastifyInstance,
  graceMs: number,
): Promise<void> {
  const graceEnd = setTimeout(() => {
    http.server.closeAllConnections();
  }, graceMs);
  // A kept-alive connection becomes idle only when its running request is answered.
  const idleCheck = setInterval(() => {
    http.server.closeIdleConnections();
  }, idleCheckMs);
  await http.close();
  clearTimeout(graceEnd);
  clearInterval(idleCheck);
}

/**
 * Answers an upgrade request with an error, and destroys the socket: a peer that never ends its side
 * would hold up every stop.
 * @param status the code and its phrase, e.g. `404 Not Found`
 */
export function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on("error", () => undefined);
  stream.once("finish", () => stream.destroy());
  stream.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
