import type { Connection } from "./connection.js";
import { ReadOnlyServerError } from "./failure.js";
import type { Lender } from "./access.js";
import { contractOf, unknownContractStatement } from "./contract.js";
import { migrationsFolder, readMigrations } from "./migration-files.js";
import { isReadOnlyStatement, type Greeting } from "./session.js";

/** How long a connection is waited for, and then an answer. */
const limitMs = 1_000;

const unknownContract = unknownContractStatement(
  readMigrations(migrationsFolder),
);

/**
 * Why the database is of no use to this node now: a sentence, or null where it answers, takes writes, and
 * has tables that this version can serve. Known within two seconds.
 */
export async function whyUnfit(
  pool: Lender<Connection>,
): Promise<string | null> {
  try {
    return await pool.use(
      "read",
      async (connection) => {
        const rows = await connection.query(isReadOnlyStatement, [], {
          limitMs,
        });
        const [answer] = rows as Greeting[];
        // The pool takes it for a refused write, and looks for another server.
        if (answer?.isReadOnly !== false)
          throw new ReadOnlyServerError("The database is read only.");
        const [contract] = (await connection.query(unknownContract, [], {
          limitMs,
        })) as { hash: string }[];
        return contract === undefined
          ? null
          : `A later version has changed the tables (${contractOf(contract.hash)}): this version can't serve them any more.`;
      },
      { limitMs, isUrgent: true },
    );
  } catch (error) {
    return error instanceof ReadOnlyServerError
      ? error.message
      : "The database can't be reached.";
  }
}
