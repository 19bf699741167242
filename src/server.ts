import type { AddressInfo } from "node:net";
import { sql } from "drizzle-orm";
import { pino, type Logger } from "pino";
import { developmentSecret } from "./auth/development-secret.js";
import { createAuthenticator, type AuthKeys } from "./auth/token.js";
import type { Config } from "./config.js";
import { connect } from "./db/connect.js";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "./db/embedded-postgres.js";
import {
  addDemoData,
  demoConversationId,
  demoPeople,
  demoUsers,
} from "./demo/demo-data.js";
import { applyMigrations } from "./db/migrate.js";
import { createInProcessBus } from "./events/bus.js";
import { createDocumentCache } from "./graphql/document-cache.js";
import { createSchema } from "./graphql/schema.js";
import { createMetrics } from "./metrics.js";
import { createServices, type Services } from "./services.js";
import { createHttpServer, type HttpDemo } from "./transport/http-server.js";
import { createSocketServer } from "./transport/socket-server.js";

/** A running node. */
export interface Server {
  /** Where it serves GraphQL, e.g. `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  readonly databaseUrl: string;
  /** What it verifies tokens with. */
  readonly keys: AuthKeys;
  readonly services: Services;
  /** Stops taking work, finishes what is under way, and lets go of everything it holds. */
  close(): Promise<void>;
}

/** How long running operations may take to finish once a stop is asked for. */
const graceMs = 5_000;

/**
 * Starts a node: database, migrations, services, HTTP and sockets, in this order. What was started
 * is stopped again where a later step fails.
 */
export async function startServer(
  config: Config,
  log: Logger = pino({ level: config.logLevel }),
): Promise<Server> {
  const stops: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const keys = config.keys ?? {
      kind: "secret",
      secret: await developmentSecret(config.dataDir),
    };
    const databaseUrl = await openDatabase(config, log, stops);
    await applyMigrations(databaseUrl);
    const { db, close: disconnect } = connect(databaseUrl);
    stops.push(disconnect);

    const bus = createInProcessBus();
    stops.push(() => bus.close());
    const metrics = createMetrics();
    const onError = (err: unknown) =>
      log.error({ err }, "background work failed");
    const services = createServices({
      db,
      bus,
      sweepMs: config.sweepMs,
      onError,
      markObserver: metrics.marks,
    });
    stops.push(async () => services.hub.close());
    if (config.demo) await addDemoData(services);

    const schema = createSchema();
    const documents = createDocumentCache(schema, {
      introspection: config.introspection,
    });
    const authenticate = createAuthenticator({
      keys,
      issuer: config.issuer,
      audience: config.audience,
    });
    const sockets = createSocketServer({
      schema,
      services,
      documents,
      authenticate,
      stuckMs: config.stuckMs,
      log,
    });
    metrics.watch({ hub: services.hub, sockets });

    let isDraining = false;
    const isReady = async () =>
      !isDraining &&
      (await db.execute(sql`select 1`).then(
        () => true,
        () => false,
      ));
    const http = await createHttpServer({
      schema,
      services,
      authenticate,
      introspection: config.introspection,
      explorer: {
        users: async () =>
          config.demo && keys.kind === "secret" ? demoUsers(keys.secret) : [],
        conversationId: demoConversationId,
      },
      demo: demoSession(config, keys),
      log,
      isReady,
      metrics: metrics.read,
    });
    http.server.on("upgrade", (request, stream, head) => {
      if (
        isDraining ||
        new URL(request.url ?? "/", "http://localhost").pathname !== "/graphql"
      )
        stream.destroy();
      else sockets.handleUpgrade(request, stream, head);
    });
    await http.listen({ host: config.host, port: config.port });
    stops.push(async () => {
      isDraining = true;
      // A client that never finishes its request is not waited for beyond the grace.
      const impatience = setTimeout(() => {
        http.server.closeAllConnections();
      }, graceMs);
      await Promise.all([sockets.close(graceMs), http.close()]);
      clearTimeout(impatience);
    });
    return {
      url: urlOf(http.server.address(), config.host),
      databaseUrl,
      keys,
      services,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the demo page is told; null where the demo is off, or no token can be signed here. */
function demoSession({ demo }: Config, keys: AuthKeys): HttpDemo {
  if (!demo || keys.kind !== "secret") return null;
  return async () => ({
    people: await demoPeople(keys.secret),
    conversationId: demoConversationId,
  });
}

/** The database's URL; starts the embedded one where none is given. */
async function openDatabase(
  { database, dataDir }: Config,
  log: Logger,
  stops: (() => Promise<void>)[],
): Promise<string> {
  if (database.kind === "url") return database.url;
  const embedded: EmbeddedPostgres = await startEmbeddedPostgres({
    dataDir,
    log: (message) => log.info(message),
  });
  stops.push(() => embedded.stop());
  return embedded.url;
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === "object" && address ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/graphql`;
}
