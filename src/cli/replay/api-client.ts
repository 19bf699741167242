import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { createPoster } from "./http-post.js";
import { reasonOf } from "./replay-error.js";

/** The tokens of a replay: that of the host app's back end, and one for each user. */
export interface Tokens {
  service: string;
  forUser(userId: string): Promise<string>;
}

/** The maker of a request: the host app's back end, or a user. */
export type Caller = { kind: "service" } | { kind: "user"; userId: string };

/** A GraphQL operation, its variables, and the shape of its data. */
export interface Operation<Variables, Data> {
  name: string;
  document: string;
  data: z.ZodType<Data>;
  /** Declares the type of the variables; never has a value. */
  variables?: Variables;
}

/** An error of the API, or a request without an answer (`code` is then NO_ANSWER). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  /** How often the request was made, the last time included. */
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
   * Makes a request. Where nothing was stored (UNAVAILABLE, RATE_LIMITED) or no answer came, it makes
   * the request again, five times at most. Every operation must be safe to repeat.
   *
   * @throws {ApiError}
   */
  call<Variables, Data>(
    caller: Caller,
    operation: Operation<Variables, Data>,
    variables: Variables,
  ): Promise<Data>;
  /** The caller's token. It is made once for each caller. */
  tokenOf(caller: Caller): Promise<string>;
  close(): void;
}

const maxAttempts = 5;
const firstRetryMs = 100;

const response = z.object({
  data: z.unknown().optional(),
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

/** Makes a client that connects at the first call. `close` ends its connections. */
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
      /** Null where another attempt would fail too. */
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
