/** The SQLSTATE or driver code of an error, also where Drizzle has wrapped it; else null. */
export function pgErrorCode(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause)
    if ("code" in e && typeof e.code === "string") return e.code;
  return null;
}

/** SQLSTATE classes and driver codes that say: not now. Nothing was stored, or the answer was lost after it was (R28). */
const passing =
  /^(08|53|57P|40001|40P01|57014|55P03|CONNECT|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/;

/** Whether an error says that the database can't be reached or is too busy, rather than that we are wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return passing.test(pgErrorCode(error) ?? "");
}

/** The driver's codes and the system's for a lost connection, and SQLSTATEs of a backend that ends itself. */
const connectionLost = /^(08|57P|CONNECTION_|ECONN|EPIPE|ETIMEDOUT)/;

/** Whether nothing more can be sent on the connection that this error came from. */
export function isConnectionLost(error: unknown): boolean {
  return connectionLost.test(pgErrorCode(error) ?? "");
}
