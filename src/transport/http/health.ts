import type { FastifyInstance } from "fastify";

/** The state that a node shows to orchestrators and to Prometheus. */
export interface HealthDependencies {
  /** Why a load balancer should send this node no requests, as a sentence; null where it should. */
  readonly whyNotReady: () => Promise<string | null>;
  /** The metrics in Prometheus's text format. */
  readonly metrics: () => Promise<{ contentType: string; text: string }>;
}

/**
 * Adds `GET /livez` (200 while the process answers), `GET /readyz` (200, or 503 and the
 * reason while the node should get no requests) and `GET /metrics`.
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
  app.get("/metrics", async (_, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
}
