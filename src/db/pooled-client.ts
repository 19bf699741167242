import type { Sql } from "postgres";
import type {
  Connection,
  StatementOptions,
  StatementParameters,
} from "./connection.js";
import { currentOwner } from "./owner.js";
import type { ConnectionPool } from "./pool.js";

type Run = (
  text: string,
  parameters: StatementParameters,
  options: StatementOptions,
  owner: string | null,
) => Promise<unknown>;

/** A statement as Drizzle wants it: run when it is waited for, with its rows as objects or as arrays. */
class Statement implements PromiseLike<unknown> {
  private readonly run: (asArrays: boolean) => Promise<unknown>;

  constructor(run: (asArrays: boolean) => Promise<unknown>) {
    this.run = run;
  }

  values(): Promise<unknown> {
    return this.run(true);
  }

  then<A, B>(
    onFulfilled?: ((rows: unknown) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.run(false).then<A | B, A | B>(onFulfilled, onRejected);
  }
}

/**
 * What Drizzle takes for the driver's client: statements go to the pool, and a transaction gets a
 * connection of it for itself.
 * @param template a client of the driver's that is never connected, for all else that Drizzle looks up
 */
export function pooledClient(template: Sql, pool: ConnectionPool): Sql {
  return client(template, {
    unsafe: statements((...statement) => pool.run(...statement)),
    begin: <T>(work: (tx: Sql) => Promise<T>) =>
      pool.use(
        "write",
        (connection) => transaction(template, connection, work),
        { owner: currentOwner() },
      ),
  });
}

/**
 * Rolled back where `work` or a statement fails. Nothing is sent any more on a connection that is lost,
 * or that has not answered: Postgres rolls back by itself.
 */
async function transaction<T>(
  template: Sql,
  connection: Connection,
  work: (tx: Sql) => Promise<T>,
): Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let failure: unknown = null;
  // One after the other: a pooler may lose those that are sent without waiting.
  const run: Run = (text, parameters, options) => {
    const result = last.then(() => connection.query(text, parameters, options));
    last = result.catch((error: unknown) => (failure ??= error));
    return result;
  };
  const simply = (text: string) => connection.query(text, [], {});
  // What the database has as its default may be another.
  await simply("begin isolation level read committed");
  const tx = client(template, { unsafe: statements(run) });
  try {
    const result = await work(tx);
    await last;
    if (failure !== null) throw failure as Error;
    await simply("commit");
    return result;
  } catch (error) {
    if (!connection.isClosed && !connection.isLate)
      await simply("rollback").catch(() => connection.close());
    throw error;
  }
}

function statements(run: Run) {
  return (
    text: string,
    parameters: StatementParameters = [],
    options: StatementOptions = {},
  ) => {
    const owner = currentOwner();
    return new Statement((asArrays) =>
      run(text, parameters, { ...options, asArrays }, owner),
    );
  };
}

function client(template: Sql, ours: Readonly<Record<string, unknown>>): Sql {
  return new Proxy(template, {
    get: (_, name) =>
      (typeof name === "string" && name in ours
        ? ours[name]
        : Reflect.get(template, name)) as unknown,
  });
}
