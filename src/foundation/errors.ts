/** The codes that `extensions.code` may carry (R28). */
export type ErrorCode =
  | "UNAUTHENTICATED"
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "BAD_USER_INPUT"
  | "CONFLICT"
  | "RATE_LIMITED"
  | "UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

/** The details that an error may carry beside its code. */
export interface ErrorDetails {
  /** The wrong argument, as a path: `["input", "clientId"]`. */
  argumentPath?: readonly (string | number)[];
  /** The time to wait before another try, in milliseconds. */
  retryAfterMs?: number;
}

/**
 * An error that the caller is meant to see. Any other error is masked as INTERNAL_SERVER_ERROR. It has no stack:
 * it is an answer, not a fault. Given one, graphql-js writes out two for each refusal, which takes 0.1 ms.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.stack = "";
    this.code = code;
    this.details = details;
  }
}

/** The error for something unknown, and for something forbidden, which looks the same (R18). */
export function notFound(what: string): AppError {
  return new AppError("NOT_FOUND", `No such ${what}.`);
}

/** The error for a wrong argument, named by its path. */
export function badInput(
  argumentPath: readonly (string | number)[],
  problem: string,
): AppError {
  return new AppError(
    "BAD_USER_INPUT",
    `${argumentPath.join(".")}: ${problem}`,
    {
      argumentPath,
    },
  );
}
