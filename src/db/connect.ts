import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import { arrayTypes } from "./arrays.js";
import { isConnectionLost } from "./failure.js";
import { openPool } from "./pool.js";
import * as schema from "./schema.js";

/** What queries run on: the pool, or a transaction on it. */
export type Db = PostgresJsDatabase<typeof schema>;

/** A pool of connections to one database. */
export interface Database {
  readonly db: Db;
  /** Waits for running statements, at most two seconds. */
  close(): Promise<void>;
}

/**
 * How long a statement, and so a transaction, may last. Cursors in time look back further than
 * this, so that no change whose transaction was open is ever missed.
 */
export const transactionLimitMs = 20_000;

/** As Postgres writes it: Drizzle makes of it what a column asks for. */
const timestamptz = {
  to: 1184,
  from: [1184],
  serialize: (time: unknown) => time,
  parse: (text: string) => text,
};

/** Opens a pool. Connects lazily: the first statement finds out whether the database is there. */
export function connect(
  url: string,
  options: { max?: number; allowsBitmapScans?: boolean } = {},
): Database {
  const { client, end } = openPool(url, {
    max: options.max ?? 10,
    connect_timeout: 10,
    // None is closed for its age: that would look like a loss, and replace the pool.
    max_lifetime: null,
    onnotice: () => undefined,
    fetch_types: false,
    types: {
      ...arrayTypes,
      time: timestamptz,
      // Sequence numbers, versions and counts stay far below 2^53.
      bigint: { to: 20, from: [20], serialize: String, parse: Number },
    },
    connection: {
      application_name: "acked",
      statement_timeout: transactionLimitMs,
      idle_in_transaction_session_timeout: transactionLimitMs,
      // Every statement goes by a key. Plans are made once for a connection, and one made while a
      // table was nearly empty would go on scanning it: log tails took 0.6 ms instead of 0.07.
      enable_seqscan: "off",
      enable_bitmapscan: options.allowsBitmapScans ? "on" : "off",
      jit: "off",
    },
  });
  return {
    db: drizzle(client, { schema }),
    close: () => end(2),
  };
}

/**
 * Runs statements in one transaction; rolled back where one of them, or `work`, fails. Only statements of
 * `tx` may be waited for in it.
 *
 * Where the connection is lost it fails with the driver's CONNECTION_CLOSED. The driver would send
 * a rollback after any failure, and sending on a lost connection ends the process, so it is never told
 * of that failure.
 */
export function inTransaction<T>(
  db: Db,
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  return db.transaction((tx) =>
    work(tx).catch((error: unknown) => {
      if (isConnectionLost(error)) return new Promise<never>(() => undefined);
      throw error;
    }),
  );
}
