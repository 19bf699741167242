import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { pino, type DestinationStream, type Logger } from "pino";
import { Repetitions } from "./repetitions.js";
import { serializeError } from "./serialize-error.js";

/** From this level on, lines of one kind are written at most once a second. */
const warnLevel = 40;

/** The text of a line whose own text quotes an error, or that has none. */
const quoting = "an error";

/**
 * Makes the log of a node. Every line names the node. Errors are written by {@link serializeError}, and
 * warnings and errors of one kind at most once a second, with a count of those withheld.
 * @param output where lines go; stdout where it is left out
 */
export function createLog(
  { level }: { level: string },
  output?: DestinationStream,
): Logger {
  const repetitions = new Repetitions();
  return pino(
    {
      level,
      base: { node: nodeName() },
      serializers: {
        err: (error: unknown) => serializeError(error),
        // Fastify's own show the URL, in which a client may have put anything.
        req: ({ method }: { method?: unknown }) => ({ method }),
        res: ({ statusCode }: { statusCode?: unknown }) => ({ statusCode }),
      },
      hooks: {
        logMethod([first, second]: readonly unknown[], method, lineLevel) {
          const { details, message } = lineOf(first, second);
          const write = (extra: object) =>
            method.call(this, { ...details, ...extra }, message);
          if (lineLevel < warnLevel && details["err"] === undefined) write({});
          else repetitions.write(message, details["err"], write);
        },
      },
    },
    output ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** The arguments of a log call. Without a text of its own, pino would take the error's message. */
function lineOf(
  first: unknown,
  second: unknown,
): { details: Readonly<Record<string, unknown>>; message: string } {
  if (typeof first === "string") return { details: {}, message: first };
  const details =
    first instanceof Error
      ? { err: first }
      : ((first ?? {}) as Readonly<Record<string, unknown>>);
  const text = typeof second === "string" ? second : quoting;
  const { err } = details;
  const isQuoting =
    err instanceof Error && err.message !== "" && text.includes(err.message);
  return { details, message: isQuoting ? quoting : text };
}

/** Tells the processes of one host apart, and a process from the one before it. */
function nodeName(): string {
  return `${hostname()}-${randomBytes(3).toString("hex")}`;
}
