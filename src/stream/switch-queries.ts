import { sql } from "drizzle-orm";
import type { Db } from "../db/connect.js";
import { prepare, rowOf, statement } from "../db/prepare.js";

/** When a user switched a preference last. */
export interface Switched {
  readonly userId: string;
  /** The transaction that did it; 0 where nobody has. */
  readonly xid: number;
}

/** When these users switched a preference last; no row for an unknown user. */
const switched = statement({
  name: "switched_preferences",
  parameters: { ids: "text[]" },
  row: rowOf<Switched>({ userId: "text", xid: "int8" }),
  text: ({ ids }) => sql`
    select users.id as "userId", coalesce(users.preferences_xid, 0) as xid from users where users.id = any(${ids})`,
});

/** The statement on switched preferences. */
export interface SwitchQueries {
  /** When these users switched a preference last, in any order; no row for an unknown user. */
  switched(ids: readonly string[]): Promise<readonly Switched[]>;
}

/** Prepares the statement. */
export function switchQueries(db: Db): SwitchQueries {
  const run = prepare(db, switched);
  return { switched: (ids) => run({ ids }) };
}
