import { at, textOf } from "./untyped.js";

const serverCodes = [
  "UNAUTHENTICATED",
  "NOT_FOUND",
  "FORBIDDEN",
  "BAD_USER_INPUT",
  "CONFLICT",
  "RATE_LIMITED",
  "UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
] as const;

/** Why an operation failed: the server's code (R28), or `NETWORK` where no answer came. */
export type FailureCode = (typeof serverCodes)[number] | "NETWORK";

/** Why an operation failed. */
export interface Failure {
  readonly code: FailureCode;
  /** For developers, in English. */
  readonly message: string;
  /** With RATE_LIMITED and UNAVAILABLE: how long to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number;
  /** With BAD_USER_INPUT: the path of the wrong argument, such as `["input", "receipts", 3]`. */
  readonly argumentPath?: readonly unknown[];
}

const passing: readonly FailureCode[] = [
  "NETWORK",
  "UNAVAILABLE",
  "RATE_LIMITED",
  "UNAUTHENTICATED",
];

/** Whether the server did not judge the request, so that the same request may succeed later. */
export function isPassing({ code }: Failure): boolean {
  return passing.includes(code);
}

/**
 * Reads the error that a client library rejects with: Apollo Client's CombinedGraphQLErrors and
 * ServerError, urql's CombinedError, graphql-ws's list of errors, a plain `{ errors }`. Every other
 * error counts as `NETWORK`.
 */
export function failureOf(error: unknown): Failure {
  const message = textOf(at(error, "message")) ?? String(error);
  const listed = [error, at(error, "errors"), at(error, "graphQLErrors")].find(
    Array.isArray,
  );
  for (const one of listed ?? []) {
    const extensions = at(one, "extensions");
    const code = textOf(at(extensions, "code"));
    if (code === undefined) continue;
    const retryAfterMs = at(extensions, "retryAfterMs");
    const argumentPath: unknown = at(extensions, "argumentPath");
    return {
      code:
        serverCodes.find((known) => known === code) ?? "INTERNAL_SERVER_ERROR",
      message: textOf(at(one, "message")) ?? message,
      ...(typeof retryAfterMs === "number" && { retryAfterMs }),
      ...(Array.isArray(argumentPath) && { argumentPath }),
    };
  }
  const status = at(error, "statusCode") ?? at(at(error, "response"), "status");
  return { code: codeOfStatus(Number(status)), message };
}

/** What the socket's close codes mean; a code that is not listed means a lost connection. */
const codesOfClose: Readonly<Record<number, FailureCode>> = {
  // The client broke the protocol of graphql-ws.
  4400: "BAD_USER_INPUT",
  4401: "BAD_USER_INPUT",
  4406: "BAD_USER_INPUT",
  4409: "BAD_USER_INPUT",
  // The token is missing, wrong or has expired.
  4403: "UNAUTHENTICATED",
  // The user has too many sockets.
  4429: "RATE_LIMITED",
};

/** Reads why a subscription was lost: like {@link failureOf}, and a close event of its socket too. */
export function failureOfStream(error: unknown): Failure {
  const failure = failureOf(error);
  const code = codesOfClose[Number(at(error, "code"))];
  return code ? { code, message: textOf(at(error, "reason")) ?? "" } : failure;
}

/** The meaning of an HTTP status without a GraphQL answer, as a proxy on the way may send it. */
function codeOfStatus(status: number): FailureCode {
  if (status === 401 || status === 403) return "UNAUTHENTICATED";
  if (status === 429) return "RATE_LIMITED";
  if (status === 400 || status === 413) return "BAD_USER_INPUT";
  return "NETWORK";
}
