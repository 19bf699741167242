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

/** Why an operation failed: the server's code (semantics R28), or `NETWORK` where it gave no answer. */
export type FailureCode = (typeof serverCodes)[number] | "NETWORK";

/** Why an operation failed. */
export interface Failure {
  readonly code: FailureCode;
  /** For developers, in English. */
  readonly message: string;
  /** With RATE_LIMITED and UNAVAILABLE: not to be tried again before, in milliseconds. */
  readonly retryAfterMs?: number;
  /** With BAD_USER_INPUT: the argument that is wrong. */
  readonly argumentPath?: readonly unknown[];
}

const passing: readonly FailureCode[] = [
  "NETWORK",
  "UNAVAILABLE",
  "RATE_LIMITED",
  "UNAUTHENTICATED",
];

/** Whether the server did not judge what it was sent, so that the same may go well later. */
export function isPassing({ code }: Failure): boolean {
  return passing.includes(code);
}

/**
 * Reads what a client library rejects with: Apollo Client's CombinedGraphQLErrors and ServerError,
 * urql's CombinedError, graphql-ws's list of errors, a plain `{ errors }`. All else is `NETWORK`.
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

/** What an HTTP status alone says: a proxy on the way may answer without GraphQL. */
function codeOfStatus(status: number): FailureCode {
  if (status === 401 || status === 403) return "UNAUTHENTICATED";
  if (status === 429) return "RATE_LIMITED";
  if (status === 400 || status === 413) return "BAD_USER_INPUT";
  return "NETWORK";
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Reflect.get(value, key)
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
