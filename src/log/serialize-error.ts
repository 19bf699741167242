import { pgErrorCode, statementOf } from "../db/failure.js";

/**
 * What the log says of an error: its class, its SQLSTATE or code, the name of the statement that failed,
 * and where it was thrown. Nothing else of an error is logged. Its message may quote a document, and
 * Postgres and its driver put values of statements into `message`, `detail`, `hint`, `where`, `query` and
 * `parameters`.
 */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly statement?: string;
  /** The frames of the stack alone. */
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** How many causes of causes are logged. */
const maxCauses = 4;

/** The one serializer of errors. Whatever is thrown may be handed to it. */
export function serializeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = ownCodeOf(error);
  const statement = statementOf(error);
  const stack = framesOf(error);
  return {
    type: typeOf(error),
    ...(code !== null && { code }),
    ...(statement !== null && { statement }),
    ...(stack !== "" && { stack }),
    ...(error.cause instanceof Error &&
      depth < maxCauses && { cause: serializeError(error.cause, depth + 1) }),
  };
}

/** Errors of the same kind have the same text: class, code and statement. */
export function kindOfError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return [
    typeOf(error),
    codeIn(pgErrorCode(error)) ?? "",
    statementOf(error) ?? "",
  ].join(" ");
}

function typeOf(error: Error): string {
  const { name } = error.constructor;
  return /^\w{1,64}$/.test(name) ? name : "Error";
}

function ownCodeOf(error: Error): string | null {
  return codeIn("code" in error ? error.code : null);
}

/** A code, where the text can be one: Postgres's have five characters, Node's and ours are words in capitals. */
function codeIn(code: unknown): string | null {
  return typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code)
    ? code
    : null;
}

/** `at name (place:line:column)`, or the same without a name. */
const frame =
  /^ {4}at (?:(?:async )?[\w$.<># [\]]+ \((?:file:|node:|\/|[A-Z]:\\)[^()]*:\d+:\d+\)|(?:async )?(?:file:|node:|\/|[A-Z]:\\)[^()]*:\d+:\d+)$/;

/** The stack begins with the message, which may have lines that look like frames: it is cut off first. */
function framesOf({ stack, message }: Error): string {
  if (typeof stack !== "string") return "";
  const at = message === "" ? -1 : stack.indexOf(message);
  return stack
    .slice(at < 0 ? 0 : at + message.length)
    .split("\n")
    .filter((line) => frame.test(line))
    .join("\n");
}
