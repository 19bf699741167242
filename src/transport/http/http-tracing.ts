import type { FastifyInstance, FastifyRequest } from "fastify";
import { currentTracer, type OpenSpan } from "../../foundation/tracer.js";

const spans = new WeakMap<FastifyRequest, OpenSpan>();

/**
 * Makes a span of each HTTP request that reaches a route. A request that names its caller's span, by
 * `traceparent`, is part of the caller's trace.
 */
export function traceRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, _, done) => {
    const { method, routeOptions, headers } = request;
    const route = routeOptions.url ?? "none";
    const { traceparent } = headers;
    const span = currentTracer()?.begin(
      `${method} ${route}`,
      typeof traceparent === "string" ? traceparent : undefined,
    );
    if (span) {
      span.set({ "http.request.method": method, "http.route": route });
      spans.set(request, span);
    }
    done();
  });
  // Later than `onRequest`: reading the body loses what a hook before it has entered.
  app.addHook("preHandler", (request, _, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  app.addHook("onResponse", (request, { statusCode }, done) => {
    const span = spans.get(request);
    span?.set({ "http.response.status_code": statusCode });
    span?.end(statusCode < 500);
    done();
  });
}
