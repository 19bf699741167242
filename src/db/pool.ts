import postgres, { type Options, type PostgresType, type Sql } from "postgres";

/** How long statements on the other connections of a pool that has lost one may take to finish. */
const graceSeconds = 5;

type PoolOptions = Omit<
  Options<Record<string, PostgresType>>,
  "onclose" | "onparameter"
>;

/** Connections to one database. */
export interface Pool {
  /** What the driver offers; everything on it is looked up in the pool that is in use. */
  readonly client: Sql;
  /** Waits for running statements that long, then breaks them off. */
  end(graceSeconds: number): Promise<void>;
}

/**
 * Opens a pool of the driver's, and another in its place each time that it has lost a connection.
 *
 * A connection that breaks after a statement was handed to it and before it was sent is never of use
 * to the driver again: it connects, sends nothing, and whatever it is given fails after
 * `connect_timeout`. https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L247
 */
export function openPool(url: string, options: PoolOptions): Pool {
  let isEnded = false;
  let current = open();

  function open(): Sql {
    let isConnected = false;
    const pool = postgres<Record<string, PostgresType>>(url, {
      ...options,
      onparameter: () => (isConnected = true),
      onclose: () => {
        // One that has not been connected has lost nothing; one that is being ended closes by itself.
        if (!isConnected || isEnded || pool !== current) return;
        current = open();
        void pool.end({ timeout: graceSeconds });
      },
    });
    return pool;
  }

  return {
    client: new Proxy(current, {
      get: (_, name) => Reflect.get(current, name) as unknown,
    }),
    end(graceSeconds) {
      isEnded = true;
      return current.end({ timeout: graceSeconds });
    },
  };
}
