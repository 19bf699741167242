import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import { createAuthenticator, type Authenticate } from "./auth/token.js";
import type { AuthKeys } from "./auth/verifier.js";
import type { Bus } from "./bus/bus.js";
import { ConfigError, type Config } from "./config/config.js";
import type { Database } from "./db/connect.js";
import { createFairness } from "./fair/fairness.js";
import type { Stop } from "./foundation/deadline.js";
import { Overload, type OverloadObserver } from "./foundation/overload.js";
import { createGate, type Gate } from "./gate/gate.js";
import { ManifestError } from "./gate/trusted-documents.js";
import { createSchema } from "./graphql/schema.js";
import type { Metrics } from "./metrics.js";
import { demoConversationId, firstMessageId } from "./pages/demo/demo-data.js";
import { demoSession, explorerUsers } from "./pages/demo/demo-session.js";
import type { Services } from "./services.js";
import type { StopBudget } from "./stop-budget.js";
import { closeHttp } from "./transport/http/connections.js";
import { keepDoors } from "./transport/http/edge/doors.js";
import { Newcomers } from "./transport/http/edge/newcomers.js";
import { createHttpServer } from "./transport/http/http-server.js";
import { createSocketServer } from "./transport/socket/socket-server.js";

/**
 * Makes the HTTP server, with its pages, and the socket server of `/graphql`. Neither listens yet.
 * `stop` says at once that the node is not ready, and takes no longer than its part of the budget.
 */
export async function createTransports({
  config,
  keys,
  database,
  bus,
  services,
  metrics,
  log,
  budget,
}: {
  config: Config;
  keys: AuthKeys;
  database: Database;
  bus: Pick<Bus, "isConnected">;
  services: Services;
  metrics: Metrics;
  log: Logger;
  budget: StopBudget;
}): Promise<{ http: FastifyInstance; stop: Stop }> {
  const { introspection, stuckMs, connections } = config;
  const schema = createSchema();
  const gate = gateOf(schema, config);
  const authenticate = authenticatorOf(config, keys, log);
  const newcomers = new Newcomers(
    connections.newcomersPerAddress,
    config.trustProxy,
  );
  const { transports: observer } = metrics;
  const overload = new Overload(
    config.overload,
    () => services.receipts.inLanes() + services.messages.inLanes(),
    withOverloadLog(log, metrics.overload),
  );
  const fair = createFairness(config.fair, metrics.fair);
  const shared = {
    ...{ schema, services, authenticate, newcomers, gate, overload, fair },
    ...{ observer, log },
  };
  const sockets = createSocketServer({ ...shared, stuckMs });
  const { underWay, queue } = fair;
  metrics.watch({ hub: services.hub, sockets, underWay });

  let isStopping = false;
  let isClosing = false;
  const http = await createHttpServer({
    ...shared,
    introspection,
    edge: config,
    explorer: {
      users: explorerUsers(config.demo, keys),
      conversationId: demoConversationId,
      firstMessageId: () => firstMessageId(services, demoConversationId),
    },
    demo: demoSession(config.demo, keys),
    whyNotReady: async () => {
      if (isStopping) return "This node is stopping.";
      if (!bus.isConnected) return "This node's bus is not connected.";
      return database.whyUnfit();
    },
    metrics: config.metricsPort === "same" ? metrics.read : null,
  });
  keepDoors(http.server, {
    ...{ newcomers, queue, observer, origins: config },
    maxConnections: config.maxConnections,
    isClosing: () => isClosing,
    handleUpgrade: (...upgrade) => sockets.handleUpgrade(...upgrade),
  });
  return {
    http,
    async stop() {
      isStopping = true;
      // Whoever the balancer still sends is served.
      if (budget.delay > 0) await sleep(budget.delay);
      isClosing = true;
      const closedAt = performance.now() + budget.closing;
      // HTTP goes on answering while sockets close, above all that this node is not ready.
      await sockets.close({
        spreadMs: budget.drain,
        limitMs: budget.closing,
        handshakeMs: budget.closeHandshake,
      });
      await closeHttp(http, closedAt - performance.now());
      overload.stop();
    },
  };
}

/** Outside production a refused token's holder is told why; in production the log alone has it. */
function authenticatorOf(
  { issuer, audience, maxTokenAgeS, isProduction }: Config,
  keys: AuthKeys,
  log: Logger,
): Authenticate {
  return createAuthenticator({
    ...{ keys, issuer, audience, maxTokenAgeS },
    isReasonTold: !isProduction,
    onRefused: (reason) => log.warn({ reason }, "a token was refused"),
  });
}

/** @throws {ConfigError} where trusted documents cannot be run */
function gateOf(schema: GraphQLSchema, config: Config): Gate {
  const { introspection, trusted, trustedOnly } = config;
  try {
    return createGate({ schema, introspection, trusted, trustedOnly });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new ConfigError(
      error.problems.map(
        (problem) =>
          `TRUSTED_DOCUMENTS has a document that this server cannot run: ${problem}`,
      ),
    );
  }
}

/** Says in the log when the shedding begins and ends. */
function withOverloadLog(
  log: Logger,
  { onShed, onChange }: OverloadObserver,
): OverloadObserver {
  return {
    onShed,
    onChange(reason) {
      if (reason === null) log.info("new work is let in again");
      else log.warn({ reason }, "past the limits: new work is turned away");
      onChange(reason);
    },
  };
}
