import { randomUUID } from "node:crypto";
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
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
} from "fastify";
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Authenticate } from "../../auth/token.js";
import type { Viewer } from "../../auth/viewer.js";
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
import type { Services } from "../../services.js";

/** A request: the longest list of participants, or a body far too long, so that it gets an answer. */
const requestBytes = 2 * 1_024 * 1_024;

/** What the demo page at `/demo/` is told; null for none. */
export type HttpDemo = (() => Promise<DemoSession>) | null;

/** What HTTP serves. */
export interface HttpDependencies {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly authenticate: Authenticate;
  readonly introspection: boolean;
  readonly log: Logger;
  /** Whether this node should be sent requests. */
  readonly isReady: () => Promise<boolean>;
  /** What the explorer at `GET /graphql` offers. */
  readonly explorer: ExplorerOptions;
  readonly demo: HttpDemo;
  /** The metrics in Prometheus's text format. */
  readonly metrics: () => Promise<{ contentType: string; text: string }>;
}

/** Fastify with Apollo Server on `POST /graphql`, and the paths for orchestrators. Not listening yet. */
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
  // A bearer token is all the authority there is, and no page gets one from the browser: any may ask.
  await app.register(cors, {
    origin: "*",
    methods: ["POST", "GET"],
    maxAge: 86_400,
  });
  const apollo = await startApollo(needs);
  app.post(
    "/graphql",
    fastifyApolloHandler(apollo, {
      context: ({ headers, id }) => contextOf(needs, headers.authorization, id),
    }),
  );
  app.setErrorHandler((error, request, reply) => {
    const status =
      error instanceof Error &&
      "statusCode" in error &&
      typeof error.statusCode === "number"
        ? error.statusCode
        : 500;
    // What Fastify refuses (a body too large, or not JSON) is the caller's fault; all else is ours.
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
  app.get("/livez", () => ({ status: "alive" }));
  app.get("/readyz", async (_, reply) =>
    (await needs.isReady())
      ? { status: "ready" }
      : reply.status(503).send({ status: "not ready" }),
  );
  app.get("/metrics", async (_, reply) => {
    const { contentType, text } = await needs.metrics();
    return reply.type(contentType).send(text);
  });
  app.addHook("onClose", () => apollo.stop());
  return app;
}

async function startApollo({
  schema,
  introspection,
  log,
}: HttpDependencies): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema,
    introspection,
    logger: log,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [
      subscriptionsElsewhere,
      // Cache control wraps every resolver; nothing here is cached over HTTP.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
    formatError: (_formatted, error) => toClientError(error, randomUUID(), log),
  });
  await apollo.start();
  return apollo;
}

/** Over HTTP a subscription would be executed like a query, and find nothing to resolve. */
const subscriptionsElsewhere: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation }) {
        if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
          throw new GraphQLError(
            "Subscriptions go over a WebSocket at this address, protocol graphql-transport-ws.",
            { extensions: { http: { status: 400 } } },
          );
        return Promise.resolve();
      },
    }),
};

/** Who asks is found out before the operation; that nobody does is told by the first field that minds. */
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
