/** The SQLSTATE or driver code of an error, also where Drizzle has wrapped it; else null. */
export function pgErrorCode(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause)
    if ("code" in e && typeof e.code === "string") return e.code;
  return null;
}

/** The statements that failed, by the error that each failed with. */
const failedStatements = new WeakMap<Error, string>();

/** Notes which statement an error comes from. */
export function nameStatement(error: unknown, name: string): void {
  if (error instanceof Error && !failedStatements.has(error))
    failedStatements.set(error, name);
}

/** The name of the statement that an error comes from, also where the error was wrapped; else null. */
export function statementOf(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const name = failedStatements.get(e);
    if (name !== undefined) return name;
  }
  return null;
}

/** No connection was to be had in time: nothing was sent. */
export class NoConnectionError extends Error {
  override readonly name = "NoConnectionError";
  readonly code = "ACKED_NO_CONNECTION";
}

/** The database has not answered in time: whether it has stored what was sent is not known. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  readonly code = "ACKED_NO_ANSWER";
}

/** A server that takes no writes: a standby, or one that was told so. */
export class ReadOnlyServerError extends Error {
  override readonly name = "ReadOnlyServerError";
  /** Postgres's own for a write that it refuses: `read_only_sql_transaction`. */
  readonly code = "25006";
}

/**
 * SQLSTATEs, classes of them, and codes of the driver and the system that say: not now. Nothing was
 * stored, or it is not known whether it was and a repeat is safe.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passing = [
  "08", // the connection, and all that PgBouncer says
  "25006|25P03|25P04", // read only; a transaction that was left idle, or lasted too long
  "26000|42P05", // a prepared statement is not there, or is twice: a pooler gave us another session
  "28|3D000", // a role or a database that we connected with before: it is being changed
  "40001|40003|40P01", // serialization, completion unknown, deadlock
  "53|58", // disk, memory and connections used up; the disk can't be read or written
  "55P03|57014|57P", // a lock not available; cancelled; shutting down, starting up, broken off
  "ACKED_NO_|CONNECT_|CONNECTION_",
  "ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|EADDRNOTAVAIL|EMFILE|ENFILE",
];
const isPassing = new RegExp(`^(${passing.join("|")})`);

/** Whether an error says that the database can't be reached or is too busy, rather than that we are wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return isPassing.test(pgErrorCode(error) ?? "") || isStalePlan(error);
}

/**
 * The driver's codes and the system's for a lost connection, SQLSTATEs of a backend that ends itself,
 * and those that say that the session is not the one we think it is.
 */
const connectionLost =
  /^(08|25P03|25P04|26000|42P05|57P|CONNECT_|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/;

/** Whether nothing more can be sent on the connection that this error came from. */
export function isConnectionLost(error: unknown): boolean {
  return (
    connectionLost.test(pgErrorCode(error) ?? "") ||
    isReadOnly(error) ||
    isStalePlan(error)
  );
}

/** Whether a server refused to write at all. */
export function isReadOnly(error: unknown): boolean {
  return pgErrorCode(error) === "25006";
}

/** Whether a server, or a role's or a database's limit, lets in no more connections. */
export function isFull(error: unknown): boolean {
  const code = pgErrorCode(error);
  // PgBouncer says all that it has to say with 08P01.
  return (
    code === "53300" ||
    (code === "08P01" &&
      error instanceof Error &&
      error.message.includes("no more connections allowed"))
  );
}

/** A plan of before a migration: `cached plan must not change result type`. The next connection has none. */
function isStalePlan(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause)
    if ("routine" in e && e.routine === "RevalidateCachedQuery") return true;
  return false;
}

/** Whether a statement waited for a lock for as long as it may. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function isLockTimeout(error: unknown): boolean {
  return pgErrorCode(error) === "55P03";
}
