import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { GraphQLSchema } from "graphql";
import { handleProtocols, type Server } from "graphql-ws";
import type { Logger } from "pino";
import { withDeadline } from "../../foundation/deadline.js";
import type { Fairness } from "../../fair/fairness.js";
import type { Overload } from "../../foundation/overload.js";
import { WebSocketServer } from "ws";
import type { Authenticate } from "../../auth/token.js";
import type { Gate } from "../../gate/gate.js";
import type { OperationObserver } from "../../graphql/operation-observer.js";
import type { Services } from "../../services.js";
import { Admission, type Newcomers } from "./admission.js";
import { closings } from "./close-codes.js";
import { Connection } from "./connection.js";
import { corkThisTurn } from "./cork.js";
import { startHeartbeat } from "./heartbeat.js";
import { socketLimits } from "./limits.js";
import { createProtocol } from "./protocol.js";
import type { SocketObserver } from "./socket-observer.js";

/** GraphQL over WebSocket. */
export interface SocketServer {
  /** Answers an upgrade request of HTTP, and serves the socket. */
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** The number of sockets open now. */
  readonly size: number;
  /**
   * Closes every socket as `closings.goingAway`, in random order, so that their clients come to other
   * nodes one after the other. A socket on which a query or mutation runs is closed when that has ended.
   */
  close(limits: {
    /** Over how long the closing is spread. */
    readonly spreadMs: number;
    /** After this time a socket is closed whatever runs on it. */
    readonly limitMs: number;
    /** How long clients may take to answer the close frame; then sockets are terminated. */
    readonly handshakeMs: number;
  }): Promise<void>;
}

/** Serves `graphql-transport-ws` on the upgrades that it is handed. */
export function createSocketServer({
  schema,
  services,
  gate,
  authenticate,
  newcomers,
  overload,
  fair,
  stuckMs,
  observer,
  log,
}: {
  schema: GraphQLSchema;
  services: Services;
  gate: Gate;
  authenticate: Authenticate;
  newcomers: Newcomers;
  overload: Overload;
  fair: Fairness;
  /** How long a socket may be stuck before it is closed as `closings.tooSlow`. */
  stuckMs: number;
  observer: SocketObserver & OperationObserver;
  log: Logger;
}): SocketServer {
  const connections = new Set<Connection>();
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: socketLimits.messageBytes,
    handleProtocols,
    perMessageDeflate: false,
    // One message of each socket in a turn of the event loop: a socket with thousands of them holds up nobody else.
    allowSynchronousEvents: false,
  });
  const { users } = services;
  const admission = new Admission({
    ...{ authenticate, newcomers, users, overload, fair, log },
  });
  const needs = {
    ...{ schema, services, gate },
    ...{ admission, overload, fair, observer, log },
  };
  const protocol = createProtocol(needs);
  const stopHeartbeat = startHeartbeat(connections);

  return {
    handleUpgrade: (request, stream, head) =>
      wss.handleUpgrade(request, stream, head, (socket) => {
        const address = request.socket.remoteAddress ?? "";
        const connection = new Connection(socket, stream, address, stuckMs);
        connections.add(connection);
        observer.onOpened();
        socket.once("close", (code) => observer.onClosed(code));
        if (overload.refusal("socket")) turnAway(connection, connections);
        else serve(connection, protocol, { connections, fair, log });
      }),
    get size() {
      return connections.size;
    },
    async close({ spreadMs, limitMs, handshakeMs }) {
      await withDeadline(closeInTurn(connections, spreadMs), limitMs);
      stopHeartbeat();
      for (const connection of connections)
        connection.close(closings.goingAway);
      const gone = Promise.all(
        [...connections].map(
          ({ socket }) =>
            new Promise((resolve) => socket.once("close", resolve)),
        ),
      );
      await withDeadline(gone, handshakeMs);
      for (const { socket } of connections) socket.terminate();
    },
  };
}

/** Closes sockets in random order, spread evenly, each once nothing runs on it. */
async function closeInTurn(
  connections: Iterable<Connection>,
  spreadMs: number,
): Promise<void> {
  const order = [...connections]
    .map((connection) => ({ connection, place: Math.random() }))
    .sort((a, b) => a.place - b.place);
  await Promise.all(
    order.map(async ({ connection }, i) => {
      if (i > 0) await sleep((spreadMs * i) / order.length);
      await connection.idle();
      connection.close(closings.goingAway);
    }),
  );
}

/** Closes a new socket; until the client has closed too it is among the open connections. */
function turnAway(connection: Connection, connections: Set<Connection>): void {
  const { socket } = connection;
  socket.on("error", () => undefined);
  socket.once("close", () => connections.delete(connection));
  connection.close(closings.tryAgainLater);
}

/** Joins a socket of ws to graphql-ws, until the socket has closed and leaves the open connections. */
function serve(
  connection: Connection,
  protocol: Server<Connection>,
  {
    connections,
    fair,
    log,
  }: { connections: Set<Connection>; fair: Fairness; log: Logger },
): void {
  const { socket, stream } = connection;
  socket.on("pong", () => (connection.silentBeats = 0));
  socket.on("error", (err) => log.debug({ err }, "a socket failed"));
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => {
        if (socket.readyState !== socket.OPEN) return;
        corkThisTurn(stream);
        const { viewer } = connection;
        if (viewer) fair.underWay.answered(viewer, data.length);
        socket.send(data);
      },
      close: (code, reason) => socket.close(code, reason),
      onMessage(receive) {
        socket.on("message", (data: Buffer) => {
          // After its close frame a socket still emits messages, until the client has closed too.
          if (socket.readyState !== socket.OPEN) return;
          connection.silentBeats = 0;
          connection.holdUnread();
          connection.messageBytes = data.length;
          receive(data.toString()).catch((err: unknown) => {
            if (isServersMessage(err)) {
              connection.close(closings.invalidMessage);
              return;
            }
            log.error({ err }, "a socket message failed");
            connection.close(closings.internalError);
          });
        });
      },
    },
    connection,
  );
  socket.once("close", (code, reason) => {
    connections.delete(connection);
    connection.end();
    void closed(code, String(reason));
  });
}

/** graphql-ws throws at a message that only servers send, such as `connection_ack`, and closes nothing. */
function isServersMessage(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.message.startsWith("Unexpected message of type ")
  );
}
