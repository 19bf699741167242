import { randomUUID } from "node:crypto";
import { createClient, type Client } from "graphql-ws";
import type { Logger } from "pino";
import postgres from "postgres";
import { inject } from "vitest";
import { WebSocket } from "ws";
import { signToken, type TokenRequest } from "../../src/auth/token.js";
import { readConfig, type Config } from "../../src/config/config.js";
import { createLog } from "../../src/log/log.js";
import { startServer, type Server } from "../../src/server.js";
import { databaseAt, templateName } from "./global-setup.js";

/** The secret that test servers verify tokens with. */
export const testSecret = "a secret of at least thirty-two bytes, for tests";

/** An answer as GraphQL gives it. */
export interface Answer<T> {
  readonly data: T | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: {
      readonly code?: string;
      readonly [key: string]: unknown;
    };
  }[];
}

/** A database of its own, cloned from the migrated template; `template1` makes an empty one. */
export async function createTestDatabase(template = templateName): Promise<{
  url: string;
  drop: () => Promise<void>;
}> {
  const postgresUrl = inject("postgresUrl");
  const name = `acked_${randomUUID().replaceAll("-", "")}`;
  const admin = postgres(postgresUrl, { max: 1, onnotice: () => undefined });
  await admin`select pg_advisory_lock(1)`; // a template can be copied by one session at a time
  await admin.unsafe(`create database ${name} template ${template}`);
  await admin.end();
  return {
    url: databaseAt(postgresUrl, name),
    drop: async () => {
      const admin = postgres(postgresUrl, {
        max: 1,
        onnotice: () => undefined,
      });
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}

/** A server over real HTTP, real sockets and a database of its own. */
export interface TestServer extends Server {
  readonly wsUrl: string;
  readonly config: Config;
  token(userId: string, request?: Partial<TokenRequest>): Promise<string>;
  /** Sends an operation over HTTP as a user. */
  execute<T>(
    userId: string,
    document: string,
    variables?: Record<string, unknown>,
  ): Promise<Answer<T>>;
  /** Sends an operation over HTTP with the given headers. */
  post<T>(
    headers: Record<string, string>,
    body: unknown,
  ): Promise<Answer<T> & { status: number }>;
  /** A user's socket. */
  connect(userId: string, request?: Partial<TokenRequest>): TestSocket;
}

/** Starts a server for a test file; close it in `afterAll`. */
export async function startTestServer(
  env: Record<string, string> = {},
  settings: Partial<Config> = {},
  log?: Logger,
): Promise<TestServer> {
  const database =
    env["DATABASE_URL"] === undefined ? await createTestDatabase() : null;
  const given = readConfig({
    PORT: "0",
    DATABASE_URL: database?.url ?? "",
    // Tests count statements and connections: those of a bus are only there where a test asks for them.
    BUS_URL: "in-process",
    AUTH_JWT_SECRET: testSecret,
    LOG_LEVEL: "silent",
    ...env,
  });
  const config = { ...given, ...settings };
  const server = await startServer(
    config,
    log ?? createLog({ level: config.logLevel }),
  );
  const sockets = new Set<TestSocket>();

  const token = (userId: string, request: Partial<TokenRequest> = {}) =>
    signToken(testSecret, { userId, ttlSeconds: 3_600, ...request });

  async function post<T>(headers: Record<string, string>, body: unknown) {
    const response = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      ...((await response.json()) as Answer<T>),
    };
  }

  const tokens = new Map<string, Promise<string>>();
  const cachedToken = (userId: string) => {
    const cached = tokens.get(userId) ?? token(userId);
    tokens.set(userId, cached);
    return cached;
  };

  return {
    ...server,
    wsUrl: server.url.replace(/^http/, "ws"),
    config,
    token,
    post,
    async execute<T>(
      userId: string,
      query: string,
      variables: Record<string, unknown> = {},
    ) {
      return post<T>(
        { authorization: `Bearer ${await cachedToken(userId)}` },
        { query, variables },
      );
    },
    connect(userId, request) {
      const socket = new TestSocket(server.url.replace(/^http/, "ws"), () =>
        token(userId, request),
      );
      sockets.add(socket);
      return socket;
    },
    async close() {
      for (const socket of sockets) await socket.close();
      await server.close();
      await database?.drop();
    },
  };
}

/** A graphql-ws client whose subscriptions can be waited on. */
export class TestSocket {
  readonly client: Client;
  /** Why the socket was closed, once it was. */
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, token: () => Promise<string>) {
    let onClosed = (_event: { code: number; reason: string }): void =>
      undefined;
    this.closed = new Promise((resolve) => {
      onClosed = resolve;
    });
    this.client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: true,
      connectionParams: async () => ({
        authorization: `Bearer ${await token()}`,
      }),
      on: {
        closed: (event) => onClosed(event as { code: number; reason: string }),
      },
    });
  }

  /** Runs a query or mutation over the socket. */
  async execute<T>(
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Answer<T>> {
    for await (const result of this.client.iterate<T>({ query, variables }))
      return result as Answer<T>;
    throw new Error("the operation completed without a result");
  }

  /** Starts a subscription. */
  subscribe<T>(
    query: string,
    variables: Record<string, unknown> = {},
  ): Events<T> {
    return new Events<T>(this.client, query, variables);
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }
}

/** The results of a subscription. */
export class Events<T> {
  /** All results so far, taken or not. */
  readonly all: Answer<T>[] = [];
  /** Resolves when the server has ended it. */
  readonly completed: Promise<void>;
  /** Ends the subscription from the client's side. */
  readonly stop: () => void;
  private taken = 0;
  private failure: unknown = null;
  private isOver = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    client: Client,
    query: string,
    variables: Record<string, unknown>,
  ) {
    let onCompleted = (): void => undefined;
    this.completed = new Promise((resolve) => {
      onCompleted = resolve;
    });
    const over = () => {
      this.isOver = true;
      onCompleted();
      this.wake();
    };
    this.stop = client.subscribe<T>(
      { query, variables },
      {
        next: (result) => {
          this.all.push(result as Answer<T>);
          this.wake();
        },
        error: (error) => {
          this.failure = error;
          over();
        },
        complete: over,
      },
    );
  }

  /** The next result that no test has taken yet. */
  async next(timeoutMs = 10_000): Promise<Answer<T>> {
    await this.until(() => this.all.length > this.taken, timeoutMs);
    return this.all[this.taken++] as Answer<T>;
  }

  /** Waits until the results so far satisfy a condition. */
  async until(
    condition: (all: readonly Answer<T>[]) => boolean,
    timeoutMs = 10_000,
  ): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!condition(this.all)) {
      if (this.failure)
        throw new Error("the subscription failed", { cause: this.failure });
      if (this.isOver)
        throw new Error(
          `the subscription ended after ${this.all.length} results`,
        );
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => {
            this.waiting.delete(wake);
            reject(
              new Error(
                `waited ${timeoutMs} ms; so far: ${JSON.stringify(this.all.slice(-3))}`,
              ),
            );
          },
          Math.max(0, deadline - Date.now()),
        );
        const wake = () => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  /** Fails where a result arrives within the time. */
  async expectSilence(ms: number): Promise<void> {
    const before = this.all.length;
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (this.all.length > before)
      throw new Error(
        `expected silence, got ${JSON.stringify(this.all.slice(before))}`,
      );
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
  }
}
