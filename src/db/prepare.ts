import { type SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Db } from "./connect.js";

const dialect = new PgDialect();

/**
 * A fixed statement with placeholders, parsed and planned once for each connection and run in one
 * round trip. Drizzle prepares only what is named; everything else takes two round trips.
 * @returns a function from the placeholders' values to the rows
 */
export function prepare<Values extends Record<string, unknown>, Row>(
  db: Db,
  name: string,
  statement: SQL,
): (values: Values) => Promise<readonly Row[]> {
  const prepared = db._.session.prepareQuery<{
    execute: readonly Row[];
    all: unknown;
    values: unknown;
  }>(dialect.sqlToQuery(statement), undefined, name, false);
  return (values) => prepared.execute(values);
}
