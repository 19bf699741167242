import { isIP } from "node:net";
import { z } from "zod";
import { parseBusUrl } from "../bus/bus-url.js";
import { parseDatabaseUrl } from "../db/database-url.js";
import { secondsOf } from "../foundation/duration.js";
import { originList, proxyList } from "./lists.js";
import { readManifests } from "./manifest.js";

const logLevels = [
  "trace",
  "debug",
  "info",
  "warn",
  "error",
  "fatal",
  "silent",
] as const;
/** The lowest level that is logged. */
export type LogLevel = (typeof logLevels)[number];

const flag = z
  .enum(["true", "false", "1", "0"], "must be true or false")
  .transform((v) => v === "true" || v === "1");
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) =>
        URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`,
    );
const milliseconds = (most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `must be 0 to ${String(most)} milliseconds`)
    .transform(Number)
    .refine((ms) => ms <= most, `must be 0 to ${String(most)} milliseconds`);

const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port number, 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "must be a port number, 0 to 65535");

/** Every variable of the environment that the server reads, with its check and its default. */
export const environment = z.object({
  HOST: z
    .string()
    .refine(isHost, "must be an IP address or a host's name")
    .default("127.0.0.1"),
  PORT: port.default(4_000),
  METRICS_PORT: port.optional(),
  PUBLIC_URL: url("https:", "http:")
    .refine((text) => !/[?#@]/.test(text), "must have no user, ? or #")
    .optional(),
  CORS_ORIGINS: originList.optional(),
  TRUST_PROXY: proxyList.default([]),
  MAX_CONNECTIONS: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, "must be a number of connections, 1 to 9999999")
    .transform(Number)
    .default(20_000),
  DATABASE_URL: z
    .string()
    .superRefine((text, { addIssue }) => {
      const parsed = parseDatabaseUrl(text);
      if (typeof parsed === "string") addIssue(parsed);
    })
    .optional(),
  DATABASE_POOL: z
    .string()
    .regex(/^\d{1,4}$/, "must be a number of connections, 1 to 1000")
    .transform(Number)
    .refine(
      (count) => count >= 1 && count <= 1_000,
      "must be a number of connections, 1 to 1000",
    )
    .default(10),
  DATABASE_POOLER: z
    .enum(
      ["auto", "session", "transaction"],
      "must be auto, session or transaction",
    )
    .default("auto"),
  MIGRATE_ON_START: flag.default(true),
  DATA_DIR: z.string().default(".acked"),
  BUS_URL: z
    .string()
    .superRefine((text, { addIssue }) => {
      const parsed = parseBusUrl(text);
      if (typeof parsed === "string") addIssue(parsed);
    })
    .optional(),
  BUS_PREFIX: z
    .string()
    .regex(
      /^(?=.{1,40}$)[\w-]+(\.[\w-]+)*$/,
      "must be words of letters, digits, _ and -, with dots between them, 40 characters at most",
    )
    .default("acked"),
  BUS_CREDENTIALS_FILE: z.string().optional(),
  DRAIN_DELAY_MS: milliseconds(300_000).default(0),
  DRAIN_MS: milliseconds(600_000).default(1_000),
  AUTH_JWT_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, "must be 32 bytes or more")
    .optional(),
  AUTH_JWKS_URL: url("https:", "http:").optional(),
  CURSOR_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, "must be 32 bytes or more")
    .optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_MAX_TOKEN_AGE: z
    .string()
    .refine(
      (text) => secondsOf(text) !== null,
      "must be a time such as 90s, 30m, 1h or 7d",
    )
    .transform((text) => secondsOf(text) ?? 0)
    .default(30 * 86_400),
  OTEL_EXPORTER_OTLP_ENDPOINT: url("https:", "http:").optional(),
  NODE_ENV: z
    .enum(
      ["development", "production", "test"],
      "must be development, production or test",
    )
    .default("development"),
  INTROSPECTION: flag.optional(),
  TRUSTED_DOCUMENTS: z
    .string()
    .transform((paths, { addIssue }) => {
      const manifest = readManifests(paths);
      if (typeof manifest !== "string") return manifest;
      addIssue(manifest);
      return z.NEVER;
    })
    .default(new Map<string, string>()),
  TRUSTED_ONLY: flag.default(false),
  RETENTION_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, "must be a number of days, 1 to 99999")
    .transform(Number)
    .optional(),
  DEMO: flag.optional(),
  USER_CONVERSATIONS: z
    .enum(["open", "closed"], "must be open or closed")
    .optional(),
  LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(", ")}`)
    .default("info"),
  LOG_FORMAT: z.enum(["json", "pretty"], "must be json or pretty").optional(),
  npm_lifecycle_event: z.string().optional(),
  SWEEP_MS: z
    .string()
    .regex(/^\d+$/, "must be a number of milliseconds")
    .transform(Number)
    .refine(
      (ms) => ms >= 100 && ms <= 60_000,
      "must be 100 to 60000 milliseconds",
    )
    .default(3_000),
});

/** The environment, checked. */
export type Environment = z.infer<typeof environment>;

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^(?=.{1,253}$)\w([\w.-]*\w)?$/.test(text);
}
