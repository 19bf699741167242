import { whyNoDemo } from "./demo.js";

/** The value of AUTH_AUDIENCE that says that tokens for any service are good. */
export const anyAudience = "any";

/** A variable, and what is wrong with it. Both together are a sentence for the person who set it. */
interface Problem {
  readonly variable: string;
  readonly problem: string;
}

/** Problems between variables, each of which may be right by itself. */
export function contradictions(
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
    e["NODE_ENV"] === "production" &&
    e["AUTH_JWKS_URL"] !== undefined &&
    e["AUTH_AUDIENCE"] === undefined
  )
    problems.push({
      variable: "AUTH_AUDIENCE",
      problem: `is needed in production with AUTH_JWKS_URL: a token that the issuer made for another service is good here without it, and ${anyAudience} says that it may be`,
    });
  const noDemo = whyNoDemo(e);
  if (/^(true|1)$/.test(e["DEMO"] ?? "") && noDemo !== null)
    problems.push({
      variable: "DEMO",
      problem: `gives tokens away, and cannot be on here: ${noDemo}`,
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
    /^(true|1)$/.test(e["TRUSTED_ONLY"] ?? "") &&
    e["TRUSTED_DOCUMENTS"] === undefined
  )
    problems.push({
      variable: "TRUSTED_ONLY",
      problem: "goes with TRUSTED_DOCUMENTS: without them nothing could be run",
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
