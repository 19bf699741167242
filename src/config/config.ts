import type { AuthKeys } from "../auth/token.js";
import { parseBusUrl, type BusChoice } from "../bus/bus-url.js";
import type { Pooler } from "../db/database-url.js";
import { overloadLimits, type OverloadLimits } from "../foundation/overload.js";
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
  readonly isProduction: boolean;
  readonly introspection: boolean;
  /** Whether there are demo users, a demo conversation and demo tokens. */
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: "json" | "pretty";
  /** Settings without effect, as lines for the log. */
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
    audience: e.AUTH_AUDIENCE ?? null,
    isProduction,
    introspection: e.INTROSPECTION ?? !isProduction,
    demo: !isProduction && (e.DEMO ?? e.DATABASE_URL === undefined),
    logLevel: e.LOG_LEVEL,
    logFormat:
      e.LOG_FORMAT ?? (isProduction || !isTerminal ? "json" : "pretty"),
    warnings:
      isProduction && e.DEMO === true
        ? ["DEMO is set, but the demo is off in production"]
        : [],
    stopsWithParent: e.npm_lifecycle_event !== undefined,
    drainDelayMs: e.DRAIN_DELAY_MS,
    drainMs: e.DRAIN_MS,
    sweepMs: e.SWEEP_MS,
    stuckMs,
    overload: overloadLimits,
  };
}

/** A variable, and what is wrong with it. Both together are a sentence for the person who set it. */
interface Problem {
  readonly variable: string;
  readonly problem: string;
}

/** Problems between variables, each of which may be right by itself. */
function contradictions(
  e: Readonly<Record<string, string | undefined>>,
): Problem[] {
  const problems: Problem[] = [];
  if (e["AUTH_JWT_SECRET"] !== undefined && e["AUTH_JWKS_URL"] !== undefined)
    problems.push({
      variable: "AUTH_JWKS_URL",
      problem: "goes without AUTH_JWT_SECRET: choose one kind of key",
    });
  if (
    e["NODE_ENV"] === "production" &&
    e["AUTH_JWT_SECRET"] === undefined &&
    e["AUTH_JWKS_URL"] === undefined
  )
    problems.push({
      variable: "AUTH_JWT_SECRET",
      problem: "or AUTH_JWKS_URL is needed in production",
    });
  if (
    e["BUS_CREDENTIALS_FILE"] !== undefined &&
    !/^(nats|tls):/.test(e["BUS_URL"] ?? "")
  )
    problems.push({
      variable: "BUS_CREDENTIALS_FILE",
      problem: "goes with a BUS_URL that starts with nats:// or tls://",
    });
  if (
    e["METRICS_PORT"] !== undefined &&
    e["METRICS_PORT"] !== "0" &&
    Number(e["METRICS_PORT"]) === Number(e["PORT"] ?? 4_000)
  )
    problems.push({
      variable: "METRICS_PORT",
      problem: "must differ from PORT: leave it out to have both on one",
    });
  return problems;
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
