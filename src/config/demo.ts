import { isLoopback } from "../foundation/loopback.js";

const authSettings = [
  "AUTH_JWT_SECRET",
  "AUTH_JWKS_URL",
  "AUTH_ISSUER",
  "AUTH_AUDIENCE",
  "AUTH_MAX_TOKEN_AGE",
] as const;

/**
 * Why there is no demo in an environment; null where there may be. The demo gives tokens to whoever
 * asks, so it is for one machine, a database of its own and a secret of its own.
 */
export function whyNoDemo(
  e: Readonly<Record<string, string | undefined>>,
): string | null {
  const host = e["HOST"] ?? "127.0.0.1";
  const auth = authSettings.filter((name) => e[name] !== undefined);
  const reasons = [
    ...(e["NODE_ENV"] === "production" ? ["NODE_ENV is production"] : []),
    ...(e["DATABASE_URL"] === undefined ? [] : ["DATABASE_URL is set"]),
    ...(isLoopback(host) ? [] : [`HOST ${host} is not loopback`]),
    ...auth.map((name) => `${name} is set`),
  ];
  return reasons.length === 0 ? null : reasons.join(", ");
}
