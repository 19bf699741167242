import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { createPoster } from "./http-post.js";
import { reasonOf } from "./replay-error.js";

/** Where the tokens come from: the host app's own, and one for each user. */
export interface Tokens {
  service: string;
  forUser(userId: string): Promise<string>;
}

/** Who makes a request: the host app's back end, or a user. */
export type Caller = { kind: "service" } | { kind: "user"; userId: string };

/** A GraphQL operation, its variables, and the shape of the data that it answers with. */
export interface Operation<Variables, Data> {
  name: string;
  document: string;
  data: z.ZodType<Data>;
  /** Holds the type of the variables; has no value. */
  variables?: Variables;
}

/** An error that the API answered with, or no answer at all (`code` is then NO_ANSWER). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  /** How often the request was made, this one included. */
  readonly attempts: number;

  constructor(code: string, message: string, attempts: number) {
    super(`${code}: ${message}`);
    this.code = code;
    this.attempts = attempts;
  }
}

/** A client of the API over HTTP. */
export interface ApiClient {
  /**
   * Makes a request, and makes it again, five times at most, where none of it was stored
   * (UNAVAILABLE, RATE_LIMITED) or no answer came. Whatever is asked must bear being repeated.
   *
   * @throws {ApiError}
   */
  call<Variables, Data>(
    caller: Caller,
    operation: Operation<Variables, Data>,
    variables: Variables,
  ): Promise<Data>;
  /** The caller's token; asked for once. */
  tokenOf(caller: Caller): Promise<string>;
  close(): void;
}

const maxAttempts = 5;
const firstRetryMs = 100;

const response = z.object({
  data: z.unknown(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z
          .object({
            code: z.string().optional(),
            retryAfterMs: z.number().optional(),
          })
          .optional(),
      }),
    )
    .optional(),
});

/** Starts nothing until the first call; `close` ends the connections it kept. */
export function createApiClient(endpoint: URL, tokens: Tokens): ApiClient {
  const poster = createPoster(endpoint);
  const userTokens = new Map<string, Promise<string>>();

  function tokenOf(caller: Caller): Promise<string> {
    if (caller.kind === "service") return Promise.resolve(tokens.service);
    const { userId } = caller;
    const token = userTokens.get(userId) ?? tokens.forUser(userId);
    userTokens.set(userId, token);
    return token;
  }

  return {
    tokenOf,
    async call(caller, operation, variables) {
      const token = await tokenOf(caller);
      const body = { query: operation.document, variables };
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await poster.post(token, body).then(read, noAnswer);
        if (outcome.ok) return check(operation, outcome.data, attempt);
        const { code, message, retryAfterMs } = outcome;
        if (retryAfterMs === null || attempt === maxAttempts)
          throw new ApiError(code, message, attempt);
        await delay(retryAfterMs * 2 ** (attempt - 1));
      }
    },
    close: () => {
      poster.close();
    },
  };
}

function check<Variables, Data>(
  operation: Operation<Variables, Data>,
  answered: unknown,
  attempt: number,
): Data {
  const checked = operation.data.safeParse(answered);
  if (checked.success) return checked.data;
  const shown = JSON.stringify(answered);
  throw new ApiError("UNEXPECTED_ANSWER", shown, attempt);
}

type Outcome =
  | { ok: true; data: unknown }
  | {
      ok: false;
      code: string;
      message: string;
      /** Null where to try again is of no use. */
      retryAfterMs: number | null;
    };

function read(answer: { statusCode: number; text: string }): Outcome {
  const parsed = response.safeParse(parseJson(answer.text));
  if (!parsed.success) {
    const retryAfterMs = answer.statusCode >= 502 ? firstRetryMs : null;
    const message = `HTTP ${String(answer.statusCode)} without a GraphQL answer`;
    return { ok: false, code: "NO_ANSWER", message, retryAfterMs };
  }
  const [error] = parsed.data.errors ?? [];
  if (!error) return { ok: true, data: parsed.data.data };
  const { code = "UNKNOWN", retryAfterMs = firstRetryMs } =
    error.extensions ?? {};
  const again = code === "UNAVAILABLE" || code === "RATE_LIMITED";
  return {
    ok: false,
    code,
    message: error.message,
    retryAfterMs: again ? retryAfterMs : null,
  };
}

function noAnswer(error: unknown): Outcome {
  return {
    ok: false,
    code: "NO_ANSWER",
    message: reasonOf(error),
    retryAfterMs: firstRetryMs,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
