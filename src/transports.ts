import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { createAuthenticator, type AuthKeys } from "./auth/token.js";
import type { Bus } from "./bus/bus.js";
import type { Config } from "./config/config.js";
import type { Database } from "./db/connect.js";
import type { Stop } from "./foundation/deadline.js";
import { Overload, type OverloadObserver } from "./foundation/overload.js";
import { createDocumentCache } from "./graphql/document-cache.js";
import { createSchema } from "./graphql/schema.js";
import type { Metrics } from "./metrics.js";
import { demoConversationId, firstMessageId } from "./pages/demo/demo-data.js";
import { demoSession, explorerUsers } from "./pages/demo/demo-session.js";
import type { Services } from "./services.js";
import type { StopBudget } from "./stop-budget.js";
import { closeHttp, refuseUpgrade } from "./transport/http/connections.js";
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
  const { introspection, issuer, audience, stuckMs } = config;
  const schema = createSchema();
  const documents = createDocumentCache(schema, { introspection });
  const authenticate = createAuthenticator({ keys, issuer, audience });
  const { transports: observer } = metrics;
  const overload = new Overload(
    config.overload,
    () => services.receipts.inLanes() + services.messages.inLanes(),
    withOverloadLog(log, metrics.overload),
  );
  const shared = {
    ...{ schema, services, authenticate, overload, observer, log },
  };
  const sockets = createSocketServer({ ...shared, documents, stuckMs });
  metrics.watch({ hub: services.hub, sockets });

  let isStopping = false;
  let isClosing = false;
  const http = await createHttpServer({
    ...shared,
    introspection,
    explorer: {
      users: () => explorerUsers(config.demo, keys),
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
  http.server.on("upgrade", (request, stream, head) => {
    const [path] = (request.url ?? "").split("?", 1);
    if (path !== "/graphql") refuseUpgrade(stream, "404 Not Found");
    else if (isClosing) refuseUpgrade(stream, "503 Service Unavailable");
    else sockets.handleUpgrade(request, stream, head);
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
