/** Every code that `extensions.code` may carry (semantics R28). */
export type ErrorCode =
  | "UNAUTHENTICATED"
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "BAD_USER_INPUT"
  | "CONFLICT"
  | "RATE_LIMITED"
  | "UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

/** What an error may say beside its code. */
export interface ErrorDetails {
  /** The argument that is wrong, as a path: `["input", "clientId"]`. */
  argumentPath?: readonly (string | number)[];
  /** When to try again, in milliseconds. */
  retryAfterMs?: number;
}

/** An error that the caller is meant to see. Anything else thrown is masked as INTERNAL_SERVER_ERROR. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Unknown and forbidden look the same (R18). */
export function notFound(what: string): AppError {
  return new AppError("NOT_FOUND", `No such ${what}.`);
}

/** A wrong argument, named by its path. */
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
