import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { pino, type Logger } from "pino";
import { developmentSecret } from "./config/development-secret.js";
import { createAuthenticator, type AuthKeys } from "./auth/token.js";
import { ConfigError, type Config } from "./config/config.js";
import { ensureDataDir } from "./config/data-dir.js";
import { checkDatabase } from "./db/check.js";
import type { Pooler } from "./db/database-url.js";
import { connect } from "./db/connect.js";
import { logPoolEvent } from "./db/pool-event.js";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "./embedded-postgres/start.js";
import {
  addDemoData,
  demoConversationId,
  demoPeople,
  demoUsers,
} from "./pages/demo/demo-data.js";
import { applyMigrations } from "./db/migrate.js";
import { createInProcessBus } from "./bus/in-process-bus.js";
import { createDocumentCache } from "./graphql/document-cache.js";
import { createSchema } from "./graphql/schema.js";
import { createMetrics } from "./metrics.js";
import { createServices, type Services } from "./services.js";
import { stopInTurn, unlessAborted, type Stop } from "./foundation/deadline.js";
import {
  createHttpServer,
  type HttpDemo,
} from "./transport/http/http-server.js";
import { createSocketServer } from "./transport/socket/socket-server.js";

/** A running node. */
export interface Server {
  /** Where it serves GraphQL, e.g. `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  readonly databaseUrl: string;
  /** What it verifies tokens with. */
  readonly keys: AuthKeys;
  readonly services: Services;
  /** Resolves where it can't go on: the process is to end. */
  readonly failed: Promise<Error>;
  /** Stops taking work, finishes what is under way, and lets go of everything it holds. */
  close(): Promise<void>;
}

/** How long running operations may take to finish once a stop is asked for. */
const graceMs = 4_000;

/** How long all but the embedded Postgres may take to stop; its own stop comes after that, whatever hangs. */
const partsStopMs = 7_500;

const idleCheckMs = 50;

/** What listening fails with where HOST is none of ours, or has no address at all. */
const unusableHost =
  /^(EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL|ENOTFOUND|EAI_[A-Z]+)$/;

/**
 * Starts a node: database, migrations, services, HTTP and sockets, in this order. What was started
 * is stopped again where a later step fails, or where the start is given up by `stopping`: then this
 * rejects with the signal's reason.
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
    if (!config.keys || config.database.kind === "embedded")
      await ensureDataDir(config.dataDir);
    const keys = config.keys ?? {
      kind: "secret",
      secret: await developmentSecret(config.dataDir),
    };
    const { url: databaseUrl, stop, failed } = await openDatabase(config, log);
    stopPostgres = stop;
    const { warnings, sessions } = await unlessAborted(
      checkDatabase(databaseUrl, poolerOf(config), stopping),
      stopping,
    );
    for (const warning of warnings) log.warn(warning);
    await unlessAborted(
      applyMigrations(databaseUrl, stopping, { sessions }),
      stopping,
    );
    const database = connect(databaseUrl, {
      sessions,
      max: config.databasePool,
      onEvent: (event) => logPoolEvent(log, event),
    });
    const { db } = database;
    stops.push(() => database.close());

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
    if (config.demo) await unlessAborted(addDemoData(services), stopping);

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
    const isReady = async () => !isDraining && (await database.isWritable());
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
      const [path] = (request.url ?? "").split("?", 1);
      if (path !== "/graphql") refuseUpgrade(stream, "404 Not Found");
      else if (isDraining) refuseUpgrade(stream, "503 Service Unavailable");
      else sockets.handleUpgrade(request, stream, head);
    });
    stops.push(async () => {
      isDraining = true;
      const deadlineMs = performance.now() + graceMs;
      // Until then HTTP answers, above all that this node is not ready.
      await sockets.close(graceMs);
      await closeHttp(http, deadlineMs - performance.now());
    });
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
      log.error({ err }, "what had been started could not be stopped"),
    );
    throw error;
  }
}

/** @throws {ConfigError} where HOST can't be listened on */
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

/** Finishes the requests under way; one that takes longer than the grace is not waited for. */
async function closeHttp(http: FastifyInstance, graceMs: number) {
  const impatience = setTimeout(() => {
    http.server.closeAllConnections();
  }, graceMs);
  // A connection that is kept alive is idle only once its request is answered.
  const idleness = setInterval(() => {
    http.server.closeIdleConnections();
  }, idleCheckMs);
  await http.close();
  clearTimeout(impatience);
  clearInterval(idleness);
}

/** Answers, and lets go of the socket: one whose peer never ends its side would hold up every stop. */
function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on("error", () => undefined);
  stream.once("finish", () => stream.destroy());
  stream.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

/** What the demo page is told; null where the demo is off, or no token can be signed here. */
function demoSession({ demo }: Config, keys: AuthKeys): HttpDemo {
  if (!demo || keys.kind !== "secret") return null;
  return async () => ({
    people: await demoPeople(keys.secret),
    conversationId: demoConversationId,
  });
}

/** The database; starts the embedded one where none is given. */
async function openDatabase(
  { database, dataDir }: Config,
  log: Logger,
): Promise<EmbeddedPostgres & Pick<Server, "failed">> {
  let fail = (_error: Error): void => undefined;
  const failed = new Promise<Error>((resolve) => (fail = resolve));
  if (database.kind === "url")
    return { url: database.url, stop: () => Promise.resolve(), failed };
  const embedded = await startEmbeddedPostgres({
    dataDir,
    log: (message) => log.info(message),
    onFailure: (error) => fail(error),
  });
  return { ...embedded, failed };
}

/** Nothing stands before the embedded database. */
function poolerOf({ database }: Config): Pooler {
  return database.kind === "url" ? database.pooler : "session";
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === "object" && address ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/graphql`;
}
