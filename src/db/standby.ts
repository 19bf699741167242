import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "./connection.js";
import type { Lender } from "./access.js";
import { waitsForStandbyStatement, type SessionKind } from "./session.js";

/** How often a statement without an answer is asked after. */
const checkMs = 5_000;
const limitMs = 2_000;

/**
 * Decides what becomes of a connection that has not answered in time. One whose commit waits for a
 * standby is left to it: to end that wait is to commit, so others would be shown, and whoever asks again
 * be acknowledged, what the standby does not have and a failover loses. Its place in the pool stays
 * taken, so that sessions do not pile up in Postgres. Any other is closed.
 * https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION
 */
export async function watchLate(
  connection: Connection,
  pool: Lender<Connection>,
  sessions: SessionKind,
): Promise<void> {
  while (connection.isLate) {
    if (!(await waitsForStandby(connection, pool, sessions))) {
      await connection.close();
      return;
    }
    await sleep(checkMs, undefined, { ref: false });
  }
}

async function waitsForStandby(
  { pid }: Connection,
  pool: Lender<Connection>,
  sessions: SessionKind,
): Promise<boolean> {
  try {
    const rows = await pool.use(
      "read",
      (asking) =>
        asking.query(waitsForStandbyStatement, [pid, sessions === "lent"], {
          limitMs,
        }),
      { limitMs, isUrgent: true },
    );
    return Array.isArray(rows) && rows.length > 0;
  } catch {
    return false;
  }
}
