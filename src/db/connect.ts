import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import { arrayTypes } from "./arrays.js";
import {
  answerLimitMs,
  openDriver,
  type ConnectionOptions,
} from "./connection.js";
import { parseDatabaseUrl, type DatabaseUrl } from "./database-url.js";
import { whyUnfit } from "./health.js";
import {
  observe,
  observerOf,
  type DatabaseObserver,
  type PoolSize,
} from "./observer.js";
import { onBehalfOf } from "./owner.js";
import { ConnectionPool } from "./pool.js";
import type { PoolEvent } from "./pool-event.js";
import { pooledClient } from "./pooled-client.js";
import * as schema from "./schema.js";
import type { SessionKind } from "./session.js";

/** What queries run on: the pool, or a transaction on it. */
export type Db = PostgresJsDatabase<typeof schema>;

/** A pool of connections to one database. */
export interface Database {
  readonly db: Db;
  readonly size: PoolSize;
  /**
   * Why it is of no use now, as a sentence: it can't be reached, takes no writes, or has the tables of a
   * later version. Null where it is fit; known within two seconds.
   */
  whyUnfit(): Promise<string | null>;
  /** Waits for running statements, at most two seconds where nothing else is said. */
  close(graceMs?: number): Promise<void>;
}

/** How a pool is opened; what is left out is as for a Postgres that is reached directly. */
export interface DatabaseOptions {
  /** Connections at most. */
  readonly max?: number;
  readonly sessions?: SessionKind;
  /** Whether statements may scan bitmaps: for those that go by BRIN indexes. */
  readonly allowsBitmapScans?: boolean;
  /** How long a statement may go unanswered, and how long it may wait for a connection. */
  readonly answerLimitMs?: number;
  readonly waitLimitMs?: number;
  readonly onEvent?: (event: PoolEvent) => void;
  readonly observer?: DatabaseObserver;
}

/** As Postgres writes it: Drizzle makes of it what a column asks for. */
const timestamptz = {
  to: 1184,
  from: [1184],
  serialize: (time: unknown) => time,
  parse: (text: string) => text,
};

/** How connections to a database are opened; the rest is for the caller to say. */
export function connectionOptions(
  { url, endpoints }: DatabaseUrl,
  sessions: SessionKind,
): ConnectionOptions {
  return {
    url,
    sessions,
    types: {
      ...arrayTypes,
      time: timestamptz,
      // Sequence numbers, versions and counts stay far below 2^53.
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
    },
    // With several hosts one that is gone is not waited for long.
    connectSeconds: endpoints.length > 1 ? 3 : 10,
    answerLimitMs,
    allowsBitmapScans: false,
    dialect: null,
  };
}

/** @throws Error with what is wrong with a DATABASE_URL */
export function databaseUrl(text: string): DatabaseUrl {
  const parsed = parseDatabaseUrl(text);
  if (typeof parsed === "string") throw new Error(`DATABASE_URL ${parsed}`);
  return parsed;
}

/** Opens a pool. Connects lazily: the first statement finds out whether the database is there. */
export function connect(url: string, options: DatabaseOptions = {}): Database {
  const parsed = databaseUrl(url);
  const common = connectionOptions(parsed, options.sessions ?? "own");
  // Never connected: what Drizzle adds to its options, all connections get.
  const template = openDriver(common, null, () => undefined);
  const pool = new ConnectionPool({
    ...common,
    allowsBitmapScans: options.allowsBitmapScans ?? false,
    answerLimitMs: options.answerLimitMs ?? common.answerLimitMs,
    dialect: template.options,
    endpoints: parsed.endpoints.length > 0 ? parsed.endpoints : [null],
    max: options.max ?? 10,
    waitLimitMs: options.waitLimitMs ?? 10_000,
    onEvent: options.onEvent ?? (() => undefined),
    observer: options.observer ?? null,
  });
  const db = drizzle(pooledClient(template, pool), { schema });
  observe(db, options.observer ?? null);
  return {
    db,
    get size() {
      return pool.size;
    },
    whyUnfit: () => whyUnfit(pool),
    close: (graceMs = 2_000) => pool.end(graceMs),
  };
}

/**
 * Runs statements in one transaction; rolled back where one of them, or `work`, fails. Only statements of
 * `tx` may be waited for in it.
 * @param owner the user whose turn it takes
 */
export function inTransaction<T>(
  db: Db,
  work: (tx: Db) => Promise<T>,
  owner: string | null = null,
): Promise<T> {
  return onBehalfOf(owner, () =>
    db.transaction((tx) => {
      observe(tx, observerOf(db));
      return work(tx);
    }),
  );
}
