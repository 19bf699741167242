import Fastify, { type FastifyInstance } from "fastify";
import { connectionLimits } from "../../foundation/connection-limits.js";
import { serverOptions } from "./edge/server-options.js";

/** The metrics of a node in Prometheus's text format. */
export type ReadMetrics = () => Promise<{ contentType: string; text: string }>;

/** The state that a node shows to orchestrators and to Prometheus. */
export interface HealthDependencies {
  /** Why a load balancer should send this node no requests, as a sentence; null where it should. */
  readonly whyNotReady: () => Promise<string | null>;
  /** Null where this port shows no metrics. */
  readonly metrics: ReadMetrics | null;
}

/**
 * Adds `GET /livez` (200 while the process answers), `GET /readyz` (200, or 503 and the reason while the
 * node should get no requests) and, where there are some, `GET /metrics`.
 */
export function registerHealth(
  app: FastifyInstance,
  { whyNotReady, metrics }: HealthDependencies,
): void {
  app.get("/livez", () => ({ status: "alive" }));
  app.get("/readyz", async (_, reply) => {
    const reason = await whyNotReady();
    return reason === null
      ? { status: "ready" }
      : reply.status(503).send({ status: "not ready", reason });
  });
  if (metrics) registerMetrics(app, metrics);
}

/** Makes the server of a port that shows the metrics and nothing else. It does not listen yet. */
export function createMetricsServer(metrics: ReadMetrics): FastifyInstance {
  const app = Fastify({
    ...serverOptions(connectionLimits, []),
    logger: false,
    forceCloseConnections: true,
  });
  registerMetrics(app, metrics);
  return app;
}

function registerMetrics(app: FastifyInstance, metrics: ReadMetrics): void {
  app.get("/metrics", async (_, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
}
