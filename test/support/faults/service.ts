import { setTimeout as delay } from "node:timers/promises";
import { createClient, type Client } from "graphql-ws";
import { WebSocket } from "ws";
import { signToken } from "../../../src/auth/token.js";
import type { Outcome as AttemptOutcome, Watch } from "../history/history.js";
import { testSecret } from "../server.js";

/** An answer, or the code of a refusal. */
export type Outcome<T> = { readonly data: T } | { readonly refused: string };

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { code?: unknown } }[];
}

/** Codes that say: try the same again. */
const passing = ["UNAVAILABLE", "RATE_LIMITED"];

const retryMs = 50;
/** An answer that takes longer counts as lost. */
const answerMs = 15_000;

/** UNAVAILABLE may also mean that it was stored, and the answer was lost (R28). */
function outcomeOf<T>({ data, errors }: Answer): AttemptOutcome<T> {
  if (data && !errors) return { kind: "ok", answer: data as T };
  const code = errors?.[0]?.extensions?.code;
  return typeof code === "string" && code !== "UNAVAILABLE"
    ? { kind: "fail", code }
    : { kind: "unknown" };
}

/** One user's way to the service: by socket or by HTTP, each operation until it is answered. */
export class Service {
  /** How many attempts were lost or refused for a while. */
  retries = 0;
  /** Subscriptions and, for users by socket, operations share it. */
  readonly socket: Client;
  readonly userId: string;
  private isClosed = false;
  private readonly url: string;
  private readonly bySocket: boolean;
  private readonly token: Promise<string>;

  constructor(url: string, userId: string, bySocket: boolean) {
    this.url = url;
    this.userId = userId;
    this.bySocket = bySocket;
    this.token = signToken(testSecret, { userId, ttlSeconds: 3_600 });
    this.socket = createClient({
      url: url.replace("http", "ws"),
      webSocketImpl: WebSocket,
      lazyCloseTimeout: 60_000,
      retryAttempts: 0,
      connectionParams: async () => ({
        authorization: `Bearer ${await this.token}`,
      }),
    });
  }

  /**
   * Asks until there is an answer, or a refusal for good.
   * @param watch told of each attempt
   * @param bySocket another way than the user's own: another device of theirs
   */
  async insist<T>(
    query: string,
    variables: Record<string, unknown> = {},
    watch: Watch<T> = () => () => undefined,
    bySocket = this.bySocket,
  ): Promise<Outcome<T>> {
    while (!this.isClosed) {
      const tell = watch();
      const outcome = outcomeOf<T>(
        await this.attempt(query, variables, bySocket),
      );
      tell(outcome);
      if (outcome.kind === "ok") return { data: outcome.answer };
      if (outcome.kind === "fail" && !passing.includes(outcome.code))
        return { refused: outcome.code };
      this.retries++;
      await delay(retryMs * (1 + Math.random()));
    }
    return { refused: "the client is closed" };
  }

  /** The same, where no refusal is expected. */
  async must<T>(
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<T> {
    const outcome = await this.insist<T>(query, variables);
    if ("data" in outcome) return outcome.data;
    throw new Error(`${this.userId}: ${outcome.refused} for ${query}`);
  }

  /** Breaks the socket, as a network does. */
  loseSocket(): void {
    this.socket.terminate();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.socket.dispose();
  }

  private async attempt(
    query: string,
    variables: Record<string, unknown>,
    bySocket: boolean,
  ): Promise<Answer> {
    try {
      return await (bySocket
        ? this.overSocket(query, variables)
        : this.overHttp(query, variables));
    } catch {
      return {};
    }
  }

  private async overSocket(
    query: string,
    variables: Record<string, unknown>,
  ): Promise<Answer> {
    for await (const answer of this.socket.iterate({ query, variables }))
      return answer as Answer;
    return {};
  }

  private async overHttp(
    query: string,
    variables: Record<string, unknown>,
  ): Promise<Answer> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await this.token}`,
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(answerMs),
    });
    return (await response.json()) as Answer;
  }
}
