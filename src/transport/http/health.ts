import type { FastifyInstance } from "fastify";

/** The state that a node shows to orchestrators and to Prometheus. */
export interface HealthDependencies {
  /** Whether a load balancer should send requests to this node. */
  readonly isReady: () => Promise<boolean>;
  /** The metrics in Prometheus's text format. */
  readonly metrics: () => Promise<{ contentType: string; text: string }>;
}

/**
 * Adds `GET /livez` (200 while the process answers), `GET /readyz` (200, or 503 while the node should
 * get no requests) and `GET /metrics`.
 */
export function registerHealth(
  app: FastifyInstance,
  { isReady, metrics }: HealthDependencies,
): void {
  app.get("/livez", () => ({ status: "alive" }));
  app.get("/readyz", async (_, reply) =>
    (await isReady())
      ? { status: "ready" }
      : reply.status(503).send({ status: "not ready" }),
  );
  app.get("/metrics", async (_, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
}
