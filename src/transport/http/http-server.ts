import { randomUUID } from "node:crypto";
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import cors from "@fastify/cors";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type onRequestAsyncHookHandler,
} from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Authenticate } from "../../auth/token.js";
import type { Viewer } from "../../auth/viewer.js";
import type { Overload } from "../../foundation/overload.js";
import {
  registerDemoPage,
  type DemoSession,
} from "../../pages/demo/demo-page.js";
import {
  registerExplorer,
  type ExplorerOptions,
} from "../../pages/explorer/explorer.js";
import { toClientError } from "../../graphql/client-error.js";
import { operationContext, type Context } from "../../graphql/context.js";
import type { OperationObserver } from "../../graphql/operation-observer.js";
import type { Services } from "../../services.js";
import {
  apolloLog,
  logUnexpected,
  observeOperations,
  RequestIds,
  subscriptionsElsewhere,
} from "./apollo-plugins.js";
import type { HttpObserver } from "./http-observer.js";
import { traceRequests } from "./http-tracing.js";
import { registerHealth, type HealthDependencies } from "./health.js";

/**
 * The longest request. It leaves room for the longest list of participants, and for a body far over
 * its limit, so that such a body gets an answer.
 */
const requestBytes = 2 * 1_024 * 1_024;

/** The parts that HTTP serves from. */
export interface HttpDependencies extends HealthDependencies {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly authenticate: Authenticate;
  readonly overload: Overload;
  readonly introspection: boolean;
  readonly log: Logger;
  readonly observer: HttpObserver & OperationObserver;
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
    genReqId: () => randomUUID(),
    bodyLimit: requestBytes,
    forceCloseConnections: "idle",
  });
  // A bearer token is the only authority, and a browser hands no page a token by itself. So a page of
  // any origin may send operations.
  await app.register(cors, {
    origin: "*",
    methods: ["POST", "GET"],
    maxAge: 86_400,
    exposedHeaders: ["retry-after"],
  });
  traceRequests(app);
  const apollo = await startApollo(needs);
  app.post(
    "/graphql",
    { onRequest: shedding(needs) },
    fastifyApolloHandler(apollo, {
      context: ({ headers, id }) => contextOf(needs, headers.authorization, id),
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
}: HttpDependencies): Promise<ApolloServer<Context>> {
  const requestIds = new RequestIds();
  const apollo = new ApolloServer<Context>({
    schema,
    introspection,
    logger: apolloLog(log),
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [
      subscriptionsElsewhere,
      logUnexpected(log),
      requestIds.plugin,
      observeOperations(observer),
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

/** Authenticates first. Without a valid token, the first field that needs a viewer throws. */
async function contextOf(
  { authenticate, services }: HttpDependencies,
  authorization: string | undefined,
  requestId: string,
): Promise<Context> {
  const viewer = await identify(authenticate, services, authorization);
  return operationContext(services, requestId, viewer);
}

async function identify(
  authenticate: Authenticate,
  services: Services,
  authorization: string | undefined,
): Promise<() => Viewer> {
  try {
    const { viewer, profile } = await authenticate(authorization);
    await services.users.ensure(profile);
    return () => viewer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
