import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type onRequestAsyncHookHandler,
} from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Fairness } from "../../fair/fairness.js";
import type { ConnectionLimits } from "../../foundation/connection-limits.js";
import type { Overload } from "../../foundation/overload.js";
import {
  registerDemoPage,
  type DemoSession,
} from "../../pages/demo/demo-page.js";
import {
  registerExplorer,
  type ExplorerOptions,
} from "../../pages/explorer/explorer.js";
import { registerFrontDoor } from "../../pages/front-door.js";
import { toClientError } from "../../graphql/client-error.js";
import { operationContext } from "../../graphql/context.js";
import {
  apolloLog,
  documentOfGate,
  type HttpContext,
  logUnexpected,
  observeOperations,
  RequestIds,
  retryAfter,
  subscriptionsElsewhere,
} from "./apollo-plugins.js";
import { registerHeaders } from "./edge/headers.js";
import { registerCors, type Origins } from "./edge/origins.js";
import { serverOptions } from "./edge/server-options.js";
import {
  passedOf,
  passGate,
  requireToken,
  type GateDependencies,
} from "./gate-hooks.js";
import type { HttpObserver } from "./http-observer.js";
import { traceRequests } from "./http-tracing.js";
import { registerHealth, type HealthDependencies } from "./health.js";

/**
 * The longest request. It leaves room for the longest list of participants, and for a body far over
 * its limit, so that such a body gets an answer.
 */
const requestBytes = 2 * 1_024 * 1_024;

/** The parts that HTTP serves from. */
export interface HttpDependencies extends HealthDependencies, GateDependencies {
  readonly schema: GraphQLSchema;
  readonly overload: Overload;
  readonly fair: Fairness;
  readonly introspection: boolean;
  readonly edge: Origins & {
    readonly connections: ConnectionLimits;
    readonly trustProxy: readonly string[];
  };
  readonly observer: HttpObserver & GateDependencies["observer"];
  /** The content of the explorer at `GET /graphql`. */
  readonly explorer: ExplorerOptions;
  /** The data of the demo page at `/demo/`; null where there is no demo page. */
  readonly demo: (() => Promise<DemoSession>) | null;
}

/**
 * Makes Fastify with Apollo Server on `POST /graphql`, the pages, and the paths for orchestrators.
 * The answer does not listen yet; its `close` stops Apollo Server too.
 */
export async function createHttpServer(
  needs: HttpDependencies,
): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = needs.log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    ...serverOptions(needs.edge.connections, needs.edge.trustProxy),
    bodyLimit: requestBytes,
    forceCloseConnections: "idle",
  });
  await registerHeaders(app, needs.edge.publicUrl);
  await registerCors(app, needs.edge);
  traceRequests(app);
  const apollo = await startApollo(needs);
  app.post(
    "/graphql",
    {
      onRequest: [shedding(needs), requireToken(needs)],
      preHandler: passGate(needs),
    },
    fastifyApolloHandler(apollo, {
      context: (request) => Promise.resolve(contextOf(needs, request)),
    }),
  );
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    // Fastify refuses a body that is too large, or is not JSON, with a status below 500: that is the
    // caller's mistake. Every other error is the server's.
    const formatted =
      status < 500
        ? {
            message: error instanceof Error ? error.message : "Bad request.",
            extensions: { code: "BAD_USER_INPUT" },
          }
        : toClientError(error, request.id, needs.log);
    return reply.status(status).send({ errors: [formatted] });
  });
  registerFrontDoor(app, { hasDemo: needs.demo !== null });
  await registerExplorer(app, needs.explorer);
  if (needs.demo) await registerDemoPage(app, needs.demo);
  registerHealth(app, needs);
  app.addHook(
    "onResponse",
    ({ routeOptions }, { statusCode, elapsedTime }, done) => {
      needs.observer.onRequest(
        routeOptions.url ?? "none",
        statusCode,
        elapsedTime,
      );
      done();
    },
  );
  app.addHook("onClose", () => apollo.stop());
  return app;
}

/** Answers 503 before a request is read, while the node is past its limits. */
function shedding({
  overload,
  log,
}: HttpDependencies): onRequestAsyncHookHandler {
  return async ({ id }, reply) => {
    const refusal = overload.refusal("request");
    if (!refusal) return;
    const { retryAfterMs = 0 } = refusal.details;
    await reply
      .status(503)
      .header("retry-after", Math.ceil(retryAfterMs / 1_000))
      .send({ errors: [toClientError(refusal, id, log)] });
  };
}

function statusOf(error: unknown): number {
  return error instanceof Error &&
    "statusCode" in error &&
    typeof error.statusCode === "number"
    ? error.statusCode
    : 500;
}

async function startApollo({
  schema,
  introspection,
  log,
  observer,
}: HttpDependencies): Promise<ApolloServer<HttpContext>> {
  const requestIds = new RequestIds();
  const apollo = new ApolloServer<HttpContext>({
    schema,
    introspection,
    logger: apolloLog(log),
    stopOnTerminationSignals: false,
    // The gate hands over documents: Apollo Server parses, validates, registers and keeps none.
    documentStore: null,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    plugins: [
      documentOfGate,
      subscriptionsElsewhere,
      logUnexpected(log),
      requestIds.plugin,
      observeOperations(observer),
      retryAfter,
      // Cache control would wrap every resolver, and no answer of this server may be cached.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
    formatError: (_formatted, error) =>
      toClientError(error, requestIds.of(error), log),
  });
  await apollo.start();
  return apollo;
}

function contextOf(
  { services, fair }: HttpDependencies,
  request: FastifyRequest,
): HttpContext {
  const { viewer, admitted } = passedOf(request);
  return {
    ...operationContext(services, request.id, () => viewer, fair),
    document: admitted.known.document,
  };
}
