import type { AuthKeys } from "../auth/verifier.js";
import { parseBusUrl, type BusChoice } from "../bus/bus-url.js";
import type { Pooler } from "../db/database-url.js";
import { fairLimits, type FairLimits } from "../fair/limits.js";
import {
  connectionLimits,
  type ConnectionLimits,
} from "../foundation/connection-limits.js";
import { isLoopback } from "../foundation/loopback.js";
import { overloadLimits, type OverloadLimits } from "../foundation/overload.js";
import type { Manifest } from "./manifest.js";
import { anyAudience, contradictions } from "./contradictions.js";
import { whyNoDemo } from "./demo.js";
import { environment, type Environment, type LogLevel } from "./environment.js";

/** The Postgres that the server uses: at a URL, or embedded, with its data under `dataDir`. */
export type DatabaseChoice =
  | {
      readonly kind: "url";
      readonly url: string;
      /** What stands before it; found out at the start where it is not said. */
      readonly pooler: Pooler;
    }
  | { readonly kind: "embedded" };

/** The whole configuration of a node, validated. No other file reads the environment. */
export interface Config {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where `GET /metrics` is served: a port of its own (0 takes a free one), the same as all else, or not at all. */
  readonly metricsPort: number | "same" | null;
  /** Where clients reach this node; null where that is the address that it listens on. */
  readonly publicUrl: URL | null;
  /** The sites whose pages may send operations and open sockets, beside the node's own pages. */
  readonly corsOrigins: "any" | readonly string[];
  /** The proxies whose word is taken for the address of a client. */
  readonly trustProxy: readonly string[];
  /** Connections at most, sockets included. */
  readonly maxConnections: number;
  /** Where traces are sent by OTLP over HTTP; null for nowhere. */
  readonly tracesEndpoint: URL | null;
  readonly database: DatabaseChoice;
  /** How the nodes tell each other that something has changed. */
  readonly bus: BusChoice;
  /** What the bus's subject or channel begins with. */
  readonly busPrefix: string;
  /** Connections to the database at most. */
  readonly databasePool: number;
  /** Whether a start brings the tables to its version; else it only checks them. */
  readonly migrateOnStart: boolean;
  /** The directory of the embedded Postgres and of the development secret. */
  readonly dataDir: string;
  /** Null in development without a setting: the server then makes a secret, and keeps it in `dataDir`. */
  readonly keys: AuthKeys | null;
  /** What cursors are sealed with; null to derive it from the keys, or to keep one in `dataDir`. */
  readonly cursorSecret: string | null;
  readonly issuer: string | null;
  readonly audience: string | null;
  /** How long a token may be valid at most, in seconds. */
  readonly maxTokenAgeS: number;
  readonly isProduction: boolean;
  readonly introspection: boolean;
  /** Documents that may be asked for by id: their texts by their ids. */
  readonly trusted: Manifest;
  /** Whether no other documents are run. */
  readonly trustedOnly: boolean;
  /** Whether there are demo users, a demo conversation and demo tokens. */
  readonly demo: boolean;
  /** The age in days from which on times of receipts are merged; null for never. */
  readonly retentionDays: number | null;
  /** Whether users may make conversations and change who is in them (R55). */
  readonly userConversations: "open" | "closed";
  readonly logLevel: LogLevel;
  readonly logFormat: "json" | "pretty";
  /** What the settings expose, as lines for the log. */
  readonly warnings: readonly string[];
  /** True under npm, which ends on a signal without passing it on: the server stops when npm is gone. */
  readonly stopsWithParent: boolean;
  /** How long a node that is told to stop serves on as not ready, until balancers know, in milliseconds. */
  readonly drainDelayMs: number;
  /** Over how long a stop spreads the closing of sockets, in milliseconds. */
  readonly drainMs: number;
  /** How often streams compare their versions with the database, in milliseconds. */
  readonly sweepMs: number;
  /**
   * How long a subscriber's socket may be stuck before it is closed with 4408, in milliseconds. Fixed:
   * no variable sets it, and only tests shorten it.
   */
  readonly stuckMs: number;
  /** The bounds past which new work is turned away. Fixed like `stuckMs`: only tests set others. */
  readonly overload: OverloadLimits;
  /** The limits of connections. Fixed like `stuckMs`: only tests set others. */
  readonly connections: ConnectionLimits;
  /** What one user may take of the node. Fixed in the same way. */
  readonly fair: FairLimits;
}

const stuckMs = 30_000;

/** Every problem of the environment, one line for each variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Each begins with the name of its variable. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The environment is not right:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

/**
 * Reads and validates the environment. Empty variables count as absent.
 * @param isTerminal whether a person reads the log: its format is then `pretty` by default
 * @throws {ConfigError} with every problem
 */
export function readConfig(
  env: NodeJS.ProcessEnv,
  { isTerminal = false } = {},
): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== ""),
  );
  const parsed = environment.safeParse(given);
  const wrong = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    variable: path.join("."),
    problem: message,
  }));
  // A variable with a wrong value is named once.
  const named = new Set(wrong.map(({ variable }) => variable));
  const problems = [
    ...wrong,
    ...contradictions(given).filter(({ variable }) => !named.has(variable)),
  ];
  if (!parsed.success || problems.length > 0)
    throw new ConfigError(
      problems.map(({ variable, problem }) => `${variable} ${problem}`),
    );
  const e = parsed.data;
  const isProduction = e.NODE_ENV === "production";
  return {
    host: e.HOST,
    port: e.PORT,
    publicUrl: e.PUBLIC_URL === undefined ? null : new URL(e.PUBLIC_URL),
    corsOrigins:
      e.CORS_ORIGINS ?? (!isProduction && isLoopback(e.HOST) ? "any" : []),
    trustProxy: e.TRUST_PROXY,
    maxConnections: e.MAX_CONNECTIONS,
    tracesEndpoint:
      e.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : new URL(e.OTEL_EXPORTER_OTLP_ENDPOINT),
    metricsPort: e.METRICS_PORT ?? (isProduction ? null : "same"),
    database:
      e.DATABASE_URL === undefined
        ? { kind: "embedded" }
        : { kind: "url", url: e.DATABASE_URL, pooler: e.DATABASE_POOLER },
    bus: busOf(e),
    busPrefix: e.BUS_PREFIX,
    databasePool: e.DATABASE_POOL,
    migrateOnStart: e.MIGRATE_ON_START,
    dataDir: e.DATA_DIR,
    keys: keysOf(e),
    cursorSecret: e.CURSOR_SECRET ?? null,
    issuer: e.AUTH_ISSUER ?? null,
    audience: audienceOf(e),
    maxTokenAgeS: e.AUTH_MAX_TOKEN_AGE,
    isProduction,
    trusted: e.TRUSTED_DOCUMENTS,
    trustedOnly: e.TRUSTED_ONLY,
    introspection: e.INTROSPECTION ?? !isProduction,
    demo: e.DEMO ?? whyNoDemo(given) === null,
    userConversations:
      e.USER_CONVERSATIONS ?? (isProduction ? "closed" : "open"),
    retentionDays: e.RETENTION_DAYS ?? null,
    logLevel: e.LOG_LEVEL,
    logFormat:
      e.LOG_FORMAT ?? (isProduction || !isTerminal ? "json" : "pretty"),
    warnings:
      isProduction || isLoopback(e.HOST)
        ? []
        : [
            `HOST is ${e.HOST}, and NODE_ENV is not production: others reach what is meant for development`,
          ],
    stopsWithParent: e.npm_lifecycle_event !== undefined,
    drainDelayMs: e.DRAIN_DELAY_MS,
    drainMs: e.DRAIN_MS,
    sweepMs: e.SWEEP_MS,
    stuckMs,
    overload: overloadLimits,
    connections: connectionLimits,
    fair: fairLimits,
  };
}

/** Nodes that share a database tell each other through it, unless something else is said. */
function busOf({
  BUS_URL,
  BUS_CREDENTIALS_FILE,
  DATABASE_URL,
}: Environment): BusChoice {
  const choice = parseBusUrl(
    BUS_URL ?? (DATABASE_URL === undefined ? "in-process" : "postgres"),
    BUS_CREDENTIALS_FILE ?? null,
  );
  if (typeof choice === "string") throw new Error(`BUS_URL ${choice}`);
  return choice;
}

/** The audience that tokens must name; null where each is good: unset, or `any`. */
function audienceOf({ AUTH_AUDIENCE }: Environment): string | null {
  return AUTH_AUDIENCE === undefined || AUTH_AUDIENCE === anyAudience
    ? null
    : AUTH_AUDIENCE;
}

function keysOf({
  AUTH_JWT_SECRET,
  AUTH_JWKS_URL,
}: Environment): AuthKeys | null {
  if (AUTH_JWT_SECRET !== undefined)
    return { kind: "secret", secret: AUTH_JWT_SECRET };
  return AUTH_JWKS_URL === undefined
    ? null
    : { kind: "jwks", url: new URL(AUTH_JWKS_URL) };
}
