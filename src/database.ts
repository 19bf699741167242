import type { Logger } from "pino";
import type { Config } from "./config/config.js";
import { checkDatabase } from "./db/check.js";
import { connect, type Database } from "./db/connect.js";
import type { Pooler } from "./db/database-url.js";
import type { DatabaseObserver } from "./db/observer.js";
import { applyMigrations, checkMigrations } from "./db/migrate.js";
import { logPoolEvent } from "./db/pool-event.js";
import type { SessionKind } from "./db/session.js";
import { loadEmbeddedPostgres } from "./embedded-postgres.js";
import { unlessAborted } from "./foundation/deadline.js";

/** The Postgres that a node works with. */
export interface NodeDatabase {
  readonly url: string;
  /** Stops the embedded Postgres; does nothing where the configuration names another. */
  stop(): Promise<void>;
  /** Resolves when the embedded Postgres has ended and cannot be started again. */
  readonly failed: Promise<Error>;
}

/** The database that the configuration names, or the embedded one, which this starts. */
export async function openDatabase(
  { database, dataDir }: Config,
  log: Logger,
): Promise<NodeDatabase> {
  let fail = (_error: Error): void => undefined;
  const failed = new Promise<Error>((resolve) => (fail = resolve));
  switch (database.kind) {
    case "url":
      return { url: database.url, stop: () => Promise.resolve(), failed };
    case "embedded": {
      const { startEmbeddedPostgres } = await loadEmbeddedPostgres();
      const { url, stop } = await startEmbeddedPostgres({
        dataDir,
        log: (message) => log.info(message),
        onFailure: (error) => fail(error),
      });
      return { url, stop, failed };
    }
  }
}

/** The connections of a node. */
export interface Connections {
  readonly database: Database;
  /** One connection for sweeps: it allows bitmap scans, and no other statement waits for it. */
  readonly sweeps: Database;
  /** Who keeps the sessions of these connections. */
  readonly sessions: SessionKind;
}

/**
 * Checks the database, brings it to this version's tables (or only checks them), and opens the connections of the node.
 * @throws where the database lacks something that Acked relies on; the error names it
 */
export async function connectTo(
  url: string,
  config: Config,
  log: Logger,
  observer: DatabaseObserver,
  stopping: AbortSignal,
): Promise<Connections> {
  const { warnings, sessions } = await unlessAborted(
    checkDatabase(url, poolerOf(config), stopping),
    stopping,
  );
  for (const warning of warnings) log.warn(warning);
  const bringTables = config.migrateOnStart ? applyMigrations : checkMigrations;
  const report = (line: string) => log.info(line);
  await unlessAborted(
    bringTables(url, { signal: stopping, sessions, report }),
    stopping,
  );
  const onEvent = (event: Parameters<typeof logPoolEvent>[1]) => {
    logPoolEvent(log, event);
  };
  const max = config.databasePool;
  return {
    sessions,
    database: connect(url, { sessions, max, onEvent, observer }),
    sweeps: connect(url, {
      ...{ sessions, max: 1, onEvent, observer },
      allowsBitmapScans: true,
    }),
  };
}

/** Nothing stands before the embedded database. */
export function poolerOf({ database }: Config): Pooler {
  switch (database.kind) {
    case "url":
      return database.pooler;
    case "embedded":
      return "session";
  }
}
