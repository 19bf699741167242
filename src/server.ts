import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { pino, type Logger } from "pino";
import { developmentSecret } from "./config/development-secret.js";
import { createAuthenticator, type AuthKeys } from "./auth/token.js";
import { ConfigError, type Config } from "./config/config.js";
import { ensureDataDir } from "./config/data-dir.js";
import type { Database } from "./db/connect.js";
import { connectTo, openDatabase } from "./database.js";
import {
  addDemoData,
  firstMessageId,
  demoConversationId,
} from "./pages/demo/demo-data.js";
import { demoSession, explorerUsers } from "./pages/demo/demo-session.js";
import { createInProcessBus } from "./bus/in-process-bus.js";
import { createDocumentCache } from "./graphql/document-cache.js";
import { createSchema } from "./graphql/schema.js";
import { createMetrics, type Metrics } from "./metrics.js";
import { createServices, type Services } from "./services.js";
import { withDebugLog } from "./stream/debug-log.js";
import { stopInTurn, unlessAborted, type Stop } from "./foundation/deadline.js";
import { closeHttp, refuseUpgrade } from "./transport/http/connections.js";
import { createHttpServer } from "./transport/http/http-server.js";
import { createSocketServer } from "./transport/socket/socket-server.js";

/** A running node. */
export interface Server {
  /** The address of GraphQL, over HTTP and WebSocket, e.g. `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  readonly databaseUrl: string;
  /** The keys that tokens are verified with. */
  readonly keys: AuthKeys;
  readonly services: Services;
  /** Resolves when the node cannot go on: the process is to end. */
  readonly failed: Promise<Error>;
  /** Refuses new work, finishes running work, and releases everything that the node holds. */
  close(): Promise<void>;
}

/**
 * The longest time that each step of a stop takes, in milliseconds. The steps come one after the
 * other, and add up to 7,500. The embedded Postgres stops after these steps, with what is left of the
 * 9,500 that `cli/serve.ts` allows a stop. Orchestrators kill a process after 10,000.
 */
const stopBudgetMs = {
  /** Queries, mutations and HTTP requests finish. */
  grace: 4_000,
  /** Clients answer the close frames of their sockets. HTTP uses only what is left of `grace`. */
  closeHandshake: 1_000,
  /** The database's connections finish their statements: two seconds in `db/connect.ts`. */
  database: 2_000,
  /** Time of the event loop between these steps. The hub and the bus stop at once. */
  spare: 500,
} as const;

/** The whole stop but the embedded Postgres. After this time each part is told to stop and not waited for. */
const partsStopMs =
  stopBudgetMs.grace +
  stopBudgetMs.closeHandshake +
  stopBudgetMs.database +
  stopBudgetMs.spare;

/** The codes of errors from listening on a HOST that is no address of this machine. */
const unusableHost =
  /^(EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL|ENOTFOUND|EAI_[A-Z]+)$/;

/**
 * Starts a node: database, migrations, services, HTTP and sockets, in this order. Where a step fails,
 * the steps before it are undone.
 * @param stopping aborting it gives up the start: this function then rejects with the signal's reason
 */
export async function startServer(
  config: Config,
  log: Logger = pino({ level: config.logLevel }),
  stopping: AbortSignal = new AbortController().signal,
): Promise<Server> {
  const stops: Stop[] = [];
  let stopPostgres: Stop = () => Promise.resolve();
  const close = () =>
    stopInTurn(stops.splice(0).reverse(), partsStopMs).finally(() =>
      stopPostgres(),
    );
  try {
    const keys = await prepareKeys(config);
    const { url: databaseUrl, stop, failed } = await openDatabase(config, log);
    stopPostgres = stop;
    const { database, sweeps } = await connectTo(
      databaseUrl,
      config,
      log,
      stopping,
    );
    const { db } = database;
    stops.push(async () => {
      await Promise.all([database.close(), sweeps.close()]);
    });

    const bus = createInProcessBus();
    stops.push(() => bus.close());
    const metrics = createMetrics();
    const onError = (err: unknown) =>
      log.error({ err }, "background work failed");
    const services = await createServices({
      db,
      sweepDb: sweeps.db,
      bus,
      cursorSecret: await cursorSecretOf(config, keys),
      sweepMs: config.sweepMs,
      onError,
      markObserver: metrics.marks,
      observer: withDebugLog(log, metrics.stream),
    });
    stops.push(async () => services.hub.close());
    if (config.demo) await unlessAborted(addDemoData(services), stopping);

    const needs = { config, keys, database, services, metrics, log };
    const { http, stop: stopTransports } = await createTransports(needs);
    stops.push(stopTransports);
    await unlessAborted(listen(http, config), stopping);
    return {
      url: urlOf(http.server.address(), config.host),
      databaseUrl,
      keys,
      services,
      failed,
      close,
    };
  } catch (error) {
    await close().catch((err: unknown) =>
      log.error(
        { err },
        "a failed start could not stop the parts that it had started",
      ),
    );
    throw error;
  }
}

/** Makes the data directory where the node needs one, and finds or makes the keys. */
async function prepareKeys({
  keys,
  database,
  dataDir,
}: Config): Promise<AuthKeys> {
  if (!keys || database.kind === "embedded") await ensureDataDir(dataDir);
  return keys ?? { kind: "secret", secret: await developmentSecret(dataDir) };
}

/** What cursors are sealed with: nodes with the same secret, or the same setting, read each other's. */
async function cursorSecretOf(
  { cursorSecret, dataDir }: Config,
  keys: AuthKeys,
): Promise<string> {
  if (cursorSecret !== null) return cursorSecret;
  switch (keys.kind) {
    case "secret":
      return keys.secret;
    case "jwks":
      await ensureDataDir(dataDir);
      return developmentSecret(dataDir, "cursor-secret");
  }
}

/** Makes the HTTP server and the socket server of `/graphql`. Neither listens yet. */
async function createTransports({
  config,
  keys,
  database,
  services,
  metrics,
  log,
}: {
  config: Config;
  keys: AuthKeys;
  database: Database;
  services: Services;
  metrics: Metrics;
  log: Logger;
}): Promise<{ http: FastifyInstance; stop: Stop }> {
  const { introspection, issuer, audience, stuckMs } = config;
  const schema = createSchema();
  const documents = createDocumentCache(schema, { introspection });
  const authenticate = createAuthenticator({ keys, issuer, audience });
  const shared = { schema, services, authenticate, log };
  const sockets = createSocketServer({ ...shared, documents, stuckMs });
  metrics.watch({ hub: services.hub, sockets });

  let isDraining = false;
  const http = await createHttpServer({
    ...shared,
    introspection,
    explorer: {
      users: () => explorerUsers(config.demo, keys),
      conversationId: demoConversationId,
      firstMessageId: () => firstMessageId(services, demoConversationId),
    },
    demo: demoSession(config.demo, keys),
    isReady: async () => !isDraining && (await database.isWritable()),
    metrics: metrics.read,
  });
  http.server.on("upgrade", (request, stream, head) => {
    const [path] = (request.url ?? "").split("?", 1);
    if (path !== "/graphql") refuseUpgrade(stream, "404 Not Found");
    else if (isDraining) refuseUpgrade(stream, "503 Service Unavailable");
    else sockets.handleUpgrade(request, stream, head);
  });
  return {
    http,
    async stop() {
      isDraining = true;
      const graceEndsMs = performance.now() + stopBudgetMs.grace;
      // HTTP goes on answering while sockets close, above all that this node is not ready.
      await sockets.close(stopBudgetMs.grace, stopBudgetMs.closeHandshake);
      await closeHttp(http, graceEndsMs - performance.now());
    },
  };
}

/** @throws {ConfigError} where HOST is no address of this machine */
async function listen(
  http: FastifyInstance,
  { host, port }: Config,
): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (typeof code === "string" && unusableHost.test(code))
      throw new ConfigError([`HOST ${host} is no address of this machine`]);
    throw error;
  }
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === "object" && address ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/graphql`;
}
