import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { isDatabaseUnavailable } from "../db/failure.js";
import { AppError, type ErrorCode } from "../foundation/errors.js";
import { lastStepOf } from "../gate/argument-path.js";
import { messageOf } from "../gate/message.js";
import { RefusedError } from "../gate/refusal.js";

/**
 * Turns an error into the error that a client sees (R28). Nothing else does. An unexpected error is
 * masked, and logged with the request's id.
 */
export function toClientError(
  error: unknown,
  requestId: string,
  log: Logger,
): GraphQLFormattedError {
  if (error instanceof RefusedError) return error.formatted;
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
  // graphql-js throws these: an argument is wrong in a manner that only its execution finds.
  if (graphQLError && cause instanceof GraphQLError && isCallersFault(cause)) {
    const argument = lastStepOf(graphQLError);
    const argumentPath = argument === null ? null : [argument];
    return {
      message: messageOf(graphQLError, argumentPath),
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
  if (cause instanceof RefusedError) return codeOfRefused(cause);
  if (cause instanceof GraphQLError && isCallersFault(cause))
    return "BAD_USER_INPUT";
  return isDatabaseUnavailable(cause) ? "UNAVAILABLE" : "INTERNAL_SERVER_ERROR";
}

function codeOfRefused({ extensions }: RefusedError): ErrorCode {
  return extensions["code"] === "RATE_LIMITED"
    ? "RATE_LIMITED"
    : "BAD_USER_INPUT";
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
