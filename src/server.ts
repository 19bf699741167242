import type { Logger } from "pino";
import { developmentSecret } from "./config/development-secret.js";
import type { AuthKeys } from "./auth/verifier.js";
import type { Config } from "./config/config.js";
import { ensureDataDir } from "./config/data-dir.js";
import { connectTo, openDatabase } from "./database.js";
import { addDemoData } from "./pages/demo/demo-data.js";
import { listen, serveMetrics, tryToListen } from "./listening.js";
import { createLog } from "./log/log.js";
import { ownVersion } from "./metrics/build.js";
import { createMetrics } from "./metrics.js";
import { openBus } from "./open-bus.js";
import { createServices, type Services } from "./services.js";
import { withDebugLog } from "./stream/debug-log.js";
import type { ErrorPlace } from "./stream/observer.js";
import { stopInTurn, unlessAborted, type Stop } from "./foundation/deadline.js";
import { stopBudget } from "./stop-budget.js";
import { startTracing } from "./tracing/tracing.js";
import { createTransports } from "./transports.js";

/** A running node. */
export interface Server {
  /** The address of GraphQL, over HTTP and WebSocket, e.g. `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** The address of `/metrics` where it has a port of its own. */
  readonly metricsUrl: string | null;
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
 * Starts a node: database, migrations, services, HTTP and sockets, in this order. Where a step fails,
 * the steps before it are undone.
 * @param log made by `createLog`, which keeps content out of it
 * @param stopping aborting it gives up the start: this function then rejects with the signal's reason
 */
export async function startServer(
  config: Config,
  log: Logger = createLog({ level: config.logLevel }),
  stopping: AbortSignal = new AbortController().signal,
): Promise<Server> {
  const budget = stopBudget(config);
  const stops: Stop[] = [];
  let stopPostgres: Stop = () => Promise.resolve();
  const close = () =>
    stopInTurn(stops.splice(0).reverse(), budget.parts).finally(() =>
      stopPostgres(),
    );
  try {
    await tryToListen(config);
    const keys = await prepareKeys(config);
    const metrics = createMetrics();
    const stopTracing = await startTracing(
      config.tracesEndpoint,
      ownVersion(),
      log,
    );
    stops.push(stopTracing);
    const { url: databaseUrl, stop, failed } = await openDatabase(config, log);
    stopPostgres = stop;
    const { database, sweeps, sessions } = await connectTo(
      databaseUrl,
      config,
      log,
      metrics.database,
      stopping,
    );
    metrics.watchPools({ main: database, sweeps });
    const { db } = database;
    stops.push(async () => {
      await Promise.all([database.close(), sweeps.close()]);
    });

    const bus = await openBus({
      ...{ config, databaseUrl, sessions, log, stopping },
      metrics: metrics.bus,
    });
    stops.push(() => bus.close());
    const onError = (err: unknown, at?: ErrorPlace) =>
      log.error({ err, ...at }, "background work failed");
    const services = await createServices({
      db,
      sweepDb: sweeps.db,
      bus,
      cursorSecret: await cursorSecretOf(config, keys),
      sweepMs: config.sweepMs,
      userConversations: config.userConversations,
      onError,
      markObserver: metrics.marks,
      observer: withDebugLog(log, metrics.stream),
    });
    stops.push(async () => services.hub.close());
    const shown = await unlessAborted(
      serveMetrics(config, metrics.read),
      stopping,
    );
    stops.push(shown.stop);
    if (config.demo) await unlessAborted(addDemoData(services), stopping);

    const needs = {
      ...{ config, keys, database, bus, services, metrics, log, budget },
    };
    const { http, stop: stopTransports } = await createTransports(needs);
    stops.push(stopTransports);
    const { host, port } = config;
    const origin = await unlessAborted(listen(http, host, port), stopping);
    return {
      url: `${origin}/graphql`,
      metricsUrl: shown.url,
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
