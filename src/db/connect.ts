import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
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

/** Opens a pool. Connects lazily: the first statement finds out whether the database is there. */
export function connect(url: string, options: { max?: number } = {}): Database {
  const client = postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 10,
    onnotice: () => undefined,
    types: {
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
      jit: "off",
    },
  });
  return {
    db: drizzle(client, { schema }),
    close: () => client.end({ timeout: 2 }),
  };
}
