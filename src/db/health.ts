import type { Connection } from "./connection.js";
import { ReadOnlyServerError } from "./failure.js";
import type { Lender } from "./access.js";
import { isReadOnlyStatement, type Greeting } from "./session.js";

/** How long a connection is waited for, and then an answer. */
const limitMs = 1_000;

/** Whether the database answers and takes writes; known within two seconds. */
export async function isWritable(pool: Lender<Connection>): Promise<boolean> {
  try {
    await pool.use(
      "read",
      async (connection) => {
        const rows = await connection.query(isReadOnlyStatement, [], {
          limitMs,
        });
        const [answer] = rows as Greeting[];
        // The pool takes it for a refused write, and looks for another server.
        if (answer?.isReadOnly !== false)
          throw new ReadOnlyServerError("The database is read only.");
      },
      { limitMs, isUrgent: true },
    );
    return true;
  } catch {
    return false;
  }
}
