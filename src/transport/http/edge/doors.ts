import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { strangerKey } from "../../../fair/caller-key.js";
import type { FairQueue } from "../../../fair/fair-queue.js";
import { refuseUpgrade } from "../connections.js";
import type { HttpObserver } from "../http-observer.js";
import type { Newcomers } from "./newcomers.js";
import { mayOpenSocket, type Origins } from "./origins.js";

/** What the doors are kept by. */
export interface DoorDependencies {
  readonly maxConnections: number;
  readonly newcomers: Newcomers;
  readonly queue: FairQueue;
  readonly origins: Origins;
  readonly observer: Pick<HttpObserver, "onTurnedAway">;
  /** Whether the node takes no new sockets any more. */
  readonly isClosing: () => boolean;
  readonly handleUpgrade: (
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
  ) => void;
}

/** Bounds the connections of a server, and hands the sockets of `/graphql` on. */
export function keepDoors(server: Server, needs: DoorDependencies): void {
  const { maxConnections, newcomers, queue, observer, handleUpgrade } = needs;
  server.maxConnections = maxConnections;
  server.on("drop", () => observer.onTurnedAway("node_full"));
  server.on("connection", (socket: Socket) => {
    queue.arrived();
    if (newcomers.arrive(socket)) return;
    observer.onTurnedAway("address_full");
    socket.destroy();
  });
  server.on("upgrade", (request, stream, head) => {
    const status = refusalOf(request, stream, needs);
    if (status !== null) {
      refuseUpgrade(stream, status);
      return;
    }
    // Hundreds of them may come in one turn of the event loop.
    const key = strangerKey(request.socket.remoteAddress ?? "");
    const ignore = () => undefined;
    stream.on("error", ignore);
    queue.start(key, () => {
      stream.off("error", ignore);
      handleUpgrade(request, stream, head);
    });
  });
}

/** With which status a socket is refused; null where it is let in. */
function refusalOf(
  request: IncomingMessage,
  stream: Duplex,
  { newcomers, origins, observer, isClosing }: DoorDependencies,
): string | null {
  const [path] = (request.url ?? "").split("?", 1);
  if (path !== "/graphql") return "404 Not Found";
  if (isClosing()) return "503 Service Unavailable";
  if (!mayOpenSocket(request, origins)) {
    observer.onTurnedAway("origin");
    return "403 Forbidden";
  }
  if (!newcomers.becomeSocket(request, stream)) {
    observer.onTurnedAway("address_full");
    return "429 Too Many Requests";
  }
  return null;
}
