import { ConfigError } from "../config/config.js";
import { UnfitDatabaseError } from "../db/check.js";
import { LockedOutError } from "../db/giving-way.js";
import { WrongTablesError } from "../db/migrate.js";
import { isDatabaseUnavailable, pgErrorCode } from "../db/failure.js";
import { ReplayError } from "./replay/replay-error.js";

/** The message of a command's failure, for the person who ran the command. */
export function explain(error: unknown): string {
  if (
    error instanceof ConfigError ||
    error instanceof UnfitDatabaseError ||
    error instanceof WrongTablesError ||
    error instanceof LockedOutError ||
    error instanceof ReplayError ||
    isDataDirInUse(error)
  )
    return error.message;
  if (isListenError(error, "EADDRINUSE"))
    return `PORT ${error.port} on ${error.address} is in use: stop what listens there, or set PORT to another (0 takes a free one).`;
  if (isListenError(error, "EACCES"))
    return `PORT ${error.port} needs more rights than this user has.`;
  if (isDatabaseUnavailable(error) || isRefusedByDatabase(error))
    return `DATABASE_URL can't be used: ${messageOf(error)}`;
  return error instanceof Error
    ? (error.stack ?? error.message)
    : String(error);
}

/** An error of the package `@acked/embedded-postgres`, which need not be there. */
function isDataDirInUse(error: unknown): error is Error {
  return error instanceof Error && error.name === "DataDirInUseError";
}

/** Whether Postgres refused: no such database, a wrong role or password, too few rights. */
function isRefusedByDatabase(error: unknown): boolean {
  return /^(3D000|28000|28P01|42501)$/.test(pgErrorCode(error) ?? "");
}

/** The exit code of a failure: 2 where the environment or the arguments are wrong, else 1. */
export function exitCodeOf(error: unknown): number {
  return error instanceof ConfigError ? 2 : 1;
}

interface ListenError extends Error {
  readonly code: string;
  readonly address: string;
  readonly port: number;
}

function isListenError(error: unknown, code: string): error is ListenError {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === code &&
    "syscall" in error &&
    error.syscall === "listen"
  );
}

function messageOf(error: unknown): string {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error)
    cause = cause.cause;
  return cause instanceof Error
    ? cause.message || ("code" in cause ? String(cause.code) : cause.name)
    : String(cause);
}
