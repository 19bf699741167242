import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { isDatabaseUnavailable } from "../db/failure.js";
import { AppError, type ErrorCode } from "../foundation/errors.js";
import { argumentPathOf } from "./argument-path.js";

/**
 * Turns an error into the error that a client sees (R28). Nothing else does. An unexpected error is
 * masked, and logged with the request's id.
 */
export function toClientError(
  error: unknown,
  requestId: string,
  log: Logger,
): GraphQLFormattedError {
  const graphQLError = error instanceof GraphQLError ? error : null;
  const cause = rootCause(error);
  const where = graphQLError && {
    ...(graphQLError.locations && { locations: graphQLError.locations }),
    ...(graphQLError.path && { path: graphQLError.path }),
  };
  if (cause instanceof AppError)
    return {
      message: cause.message,
      ...where,
      extensions: { code: cause.code, ...cause.details },
    };
  // graphql-js throws these: the document or its variables are wrong.
  if (graphQLError && cause instanceof GraphQLError && isCallersFault(cause)) {
    const argumentPath = argumentPathOf(graphQLError);
    return {
      message: graphQLError.message,
      ...where,
      extensions: {
        code: "BAD_USER_INPUT",
        ...(argumentPath && { argumentPath }),
      },
    };
  }
  if (isDatabaseUnavailable(cause)) {
    log.warn({ requestId, err: cause }, "the database is unavailable");
    return {
      message: "Not available right now. Try again.",
      ...where,
      extensions: { code: "UNAVAILABLE", requestId },
    };
  }
  log.error({ requestId, err: cause }, "an operation failed");
  return {
    message: "Something went wrong here.",
    ...where,
    extensions: { code: "INTERNAL_SERVER_ERROR", requestId },
  };
}

/** The code that a client sees of an error. Logs nothing. */
export function codeOf(error: unknown): ErrorCode {
  const cause = rootCause(error);
  if (cause instanceof AppError) return cause.code;
  if (cause instanceof GraphQLError && isCallersFault(cause))
    return "BAD_USER_INPUT";
  return isDatabaseUnavailable(cause) ? "UNAVAILABLE" : "INTERNAL_SERVER_ERROR";
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError)
    cause = cause.originalError;
  return cause;
}

/** An error in a request has no path. An error with a path comes from a resolver: the server's fault. */
function isCallersFault({ path, extensions }: GraphQLError): boolean {
  return path === undefined && extensions["code"] !== "INTERNAL_SERVER_ERROR";
}
