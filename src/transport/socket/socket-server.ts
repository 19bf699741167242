import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import {
  GraphQLError,
  OperationTypeNode,
  execute,
  getOperationAST,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from "graphql";
import { handleProtocols, makeServer } from "graphql-ws";
import type { Logger } from "pino";
import { WebSocketServer, type WebSocket } from "ws";
import type { Authenticate } from "../../auth/token.js";
import type { Viewer } from "../../auth/viewer.js";
import { AppError } from "../../foundation/errors.js";
import { toClientError } from "../../graphql/client-error.js";
import { operationContext, type Context } from "../../graphql/context.js";
import type {
  DocumentCache,
  KnownDocument,
} from "../../graphql/document-cache.js";
import {
  streamRequest,
  withClientErrors,
  type SubscribePayload,
} from "../../graphql/stream-operation.js";
import type { Services } from "../../services.js";
import { gatherWrites } from "./cork.js";
import { Outlet } from "./silent-iterator.js";
import { DrainWatch, SocketSink, type SocketEnd } from "./event-sink.js";

/** What one socket, or one user, may take of a node. */
export const socketLimits = {
  /** A message: the longest list of participants, or a body far too long, so that it gets an answer. */
  messageBytes: 2 * 1_024 * 1_024,
  perUser: 2_500,
  subscriptionsPerSocket: 500,
  /** Queries and mutations under way at once. */
  operationsPerSocket: 2_000,
} as const;

/** With so much of its answers unread, nothing more is read from a socket. */
const unreadBytes = 1_024 * 1_024;

/** How often sockets are pinged; one that has not answered by the next time is gone. */
const pingMs = 12_000;

/** A timer can't run longer than this; a token may. */
const longestTimerMs = 2 ** 31 - 1;

const goingAway = 1_001;
const tryAgainLater = 1_013;
const forbidden = 4_403;
const tooManyRequests = 4_429;

interface Connection extends SocketEnd {
  viewer: Viewer | null;
  isAlive: boolean;
  subscriptions: number;
  operations: number;
  /** By id, what is being opened now: the last one to ask for it. */
  opening: Map<string, symbol> | null;
}

/** The context of an operation on a socket. */
interface SocketContext extends Context {
  readonly connection: Connection;
  /** For a subscription: starts it. */
  readonly open: () => Promise<Outlet>;
}

/** GraphQL over WebSocket on one path. */
export interface SocketServer {
  handleUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void;
  /** Sockets open now. */
  readonly size: number;
  /** Lets running operations finish, then closes every socket with 1001. */
  close(graceMs: number): Promise<void>;
}

/** Serves `graphql-transport-ws`: the protocol is graphql-ws's, subscriptions are the hub's. */
export function createSocketServer({
  schema,
  services,
  documents,
  authenticate,
  stuckMs,
  log,
}: {
  schema: GraphQLSchema;
  services: Services;
  documents: DocumentCache;
  authenticate: Authenticate;
  /** How long a socket may be stuck before it is closed with 4408. */
  stuckMs: number;
  log: Logger;
}): SocketServer {
  const connections = new Set<Connection>();
  const socketsOfUser = new Map<string, number>();
  let running = 0;
  let whenIdle: (() => void) | null = null;
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: socketLimits.messageBytes,
    handleProtocols,
    perMessageDeflate: false,
  });

  const protocol = makeServer<Record<string, unknown>, Connection>({
    async onConnect(ctx) {
      const { connectionParams, extra } = ctx;
      // It has said what it had to, and would be kept as long as the socket.
      Object.assign(ctx, { connectionParams: {} });
      try {
        return await admit(extra, connectionParams?.["authorization"]);
      } catch (error) {
        if (error instanceof AppError && error.code === "UNAUTHENTICATED")
          return false;
        toClientError(error, randomUUID(), log);
        extra.socket.close(tryAgainLater, "Try again later");
        return false;
      }
    },

    onSubscribe(
      { extra },
      id,
      payload,
    ): ExecutionArgs | readonly GraphQLError[] {
      const known = documents.get(payload.query);
      if (!("document" in known)) return known;
      // As long as a subscription lasts graphql-ws holds its text: let that be one for all.
      Object.assign(payload, { query: known.text });
      const operation = getOperationAST(known.document, payload.operationName);
      if (!operation) return [new GraphQLError("There is no such operation.")];
      const isStream = operation.operation === OperationTypeNode.SUBSCRIPTION;
      // Counted from here on, so that what comes in one breath is counted too.
      if (!reserve(extra, isStream ? "subscriptions" : "operations"))
        return [tooMany(isStream ? "subscriptions" : "operations")];
      const viewer = viewerOf(extra);
      const contextValue: SocketContext = {
        ...operationContext(services, randomUUID(), () => viewer),
        connection: extra,
        open: () => openStream(extra, id, payload, known),
      };
      return {
        schema,
        document: known.document,
        contextValue,
        variableValues: payload.variables ?? {},
        ...(payload.operationName && { operationName: payload.operationName }),
      };
    },

    async subscribe(args) {
      const { connection, open } = contextOf(args);
      try {
        return await open();
      } catch (error) {
        connection.subscriptions--;
        return { errors: [asGraphQLError(error)] };
      }
    },

    execute: run,

    onNext(_ctx, _id, _payload, args, result) {
      return withClientErrors(result, contextOf(args).requestId, log);
    },

    onError: (_ctx, _id, _payload, errors) =>
      errors.map((error) => toClientError(error, randomUUID(), log)),
  });

  async function admit(
    connection: Connection,
    authorization: unknown,
  ): Promise<boolean> {
    const { socket } = connection;
    const { viewer, profile } = await authenticate(
      typeof authorization === "string" ? authorization : undefined,
    );
    await services.users.ensure(profile);
    if (socket.readyState !== socket.OPEN) return false;
    const open = (socketsOfUser.get(viewer.userId) ?? 0) + 1;
    if (open > socketLimits.perUser) {
      socket.close(tooManyRequests, "Too many sockets");
      return false;
    }
    socketsOfUser.set(viewer.userId, open);
    connection.viewer = viewer;
    const stopWaiting = whenReached(viewer.expiresAtMs, () =>
      socket.close(forbidden, "Token expired"),
    );
    socket.once("close", () => {
      stopWaiting();
      const left = (socketsOfUser.get(viewer.userId) ?? 1) - 1;
      if (left > 0) socketsOfUser.set(viewer.userId, left);
      else socketsOfUser.delete(viewer.userId);
    });
    return true;
  }

  function accept(socket: WebSocket, stream: Duplex): void {
    const connection: Connection = {
      socket,
      stream,
      drain: new DrainWatch(socket, stream, stuckMs),
      viewer: null,
      isAlive: true,
      subscriptions: 0,
      operations: 0,
      opening: null,
    };
    connections.add(connection);
    socket.on("pong", () => (connection.isAlive = true));
    socket.on("error", (err) => log.debug({ err }, "a socket failed"));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => {
          if (socket.readyState !== socket.OPEN) return;
          gatherWrites(stream);
          socket.send(data);
        },
        close: (code, reason) => socket.close(code, reason),
        onMessage(receive) {
          socket.on("message", (data: Buffer) => {
            // Closing, it is still told of what came until the peer has closed as well.
            if (socket.readyState !== socket.OPEN) return;
            connection.isAlive = true;
            holdUnread(connection);
            receive(data.toString()).catch((err: unknown) => {
              log.error({ err }, "a socket message failed");
              socket.close(4_500, "Internal server error");
            });
          });
        },
      },
      connection,
    );
    socket.once("close", (code, reason) => {
      connections.delete(connection);
      connection.drain.stop();
      void closed(code, String(reason));
    });
  }

  /** Reads no more from a socket that does not read its answers, until it has. */
  function holdUnread({ socket, stream, drain }: Connection): void {
    if (stream.writableLength <= unreadBytes || socket.isPaused) return;
    socket.pause();
    drain.whenDrained(() => socket.resume());
  }

  /** Starts a subscription that was counted; from here on it is uncounted when it ends. */
  async function openStream(
    connection: Connection,
    id: string,
    payload: SubscribePayload,
    known: KnownDocument,
  ): Promise<Outlet> {
    const mine = Symbol(id);
    const opening = (connection.opening ??= new Map<string, symbol>());
    opening.set(id, mine);
    const outlet = new Outlet();
    const sink = new SocketSink(connection, id, outlet);
    const needs = { schema, services, log };
    let isMine: boolean;
    let unsubscribe = (): void => undefined;
    try {
      unsubscribe = await services.hub.subscribe(
        streamRequest(needs, payload, known, viewerOf(connection), sink),
      );
    } finally {
      isMine = opening.get(id) === mine;
      if (isMine) opening.delete(id);
      if (opening.size === 0) connection.opening = null;
    }
    void outlet.ended.then(() => {
      connection.subscriptions--;
      unsubscribe();
    });
    if (isMine) return outlet;
    // Completed while it was being opened, and its id is another's: graphql-ws would take it for that.
    outlet.end();
    return new Promise(() => undefined);
  }

  /** Runs a query or mutation that was counted; a stop waits for it. */
  async function run(args: ExecutionArgs): Promise<ExecutionResult> {
    const { connection } = contextOf(args);
    running++;
    try {
      return await execute(args);
    } finally {
      connection.operations--;
      running--;
      if (running === 0) whenIdle?.();
    }
  }

  /** Resolves once no query or mutation is under way and its answer was handed to the socket. */
  async function idle(graceMs: number): Promise<void> {
    const timeout = new AbortController();
    const isIdle = new Promise<void>((resolve) => {
      whenIdle = resolve;
      if (running === 0) resolve();
    });
    await Promise.race([
      isIdle,
      delay(graceMs, undefined, { signal: timeout.signal }).catch(
        () => undefined,
      ),
    ]);
    timeout.abort();
    await new Promise((resolve) => setImmediate(resolve));
  }

  const pings = setInterval(() => {
    for (const connection of connections) {
      // One that does not read can't answer either: it is left to its patience.
      if (connection.drain.isAwaited) continue;
      if (!connection.isAlive) connection.socket.terminate();
      else {
        connection.isAlive = false;
        connection.socket.ping();
      }
    }
  }, pingMs);
  pings.unref();

  return {
    handleUpgrade: (request, stream, head) =>
      wss.handleUpgrade(request, stream, head, (socket) =>
        accept(socket, stream),
      ),
    get size() {
      return connections.size;
    },
    async close(graceMs) {
      clearInterval(pings);
      await idle(graceMs);
      for (const { socket } of connections)
        socket.close(goingAway, "Going away");
      const gone = Promise.all(
        [...connections].map(
          ({ socket }) =>
            new Promise((resolve) => socket.once("close", resolve)),
        ),
      );
      await Promise.race([gone, delay(1_000)]);
      for (const { socket } of connections) socket.terminate();
    },
  };
}

/** Calls back at a time, however far off; returns how to stop waiting for it. */
function whenReached(atMs: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const leftMs = atMs - Date.now();
    timer = setTimeout(
      leftMs > longestTimerMs ? wait : callback,
      Math.min(longestTimerMs, leftMs),
    );
    timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
}

/** Counts one more, where the socket may have one more. */
function reserve(
  connection: Connection,
  what: "subscriptions" | "operations",
): boolean {
  if (connection[what] >= socketLimits[`${what}PerSocket`]) return false;
  connection[what]++;
  return true;
}

function viewerOf({ viewer }: Connection): Viewer {
  if (!viewer)
    throw new Error("an operation on a socket that was not admitted");
  return viewer;
}

function contextOf({ contextValue }: ExecutionArgs): SocketContext {
  return contextValue as SocketContext;
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError =
    error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

function tooMany(what: string): GraphQLError {
  return asGraphQLError(
    new AppError("RATE_LIMITED", `Too many ${what} on this socket.`, {
      retryAfterMs: 1_000,
    }),
  );
}
