import { importJWK, type JWK } from "jose";
import { z } from "zod";
import { fetchKeySet, KeySetTooLarge } from "../auth/key-set.js";
import type { Config } from "../config/config.js";
import { differenceOf, type ClockReading } from "./clock.js";
import { failure, ok, skipped, warning, type Verdict } from "./finding.js";

const limitMs = 5_000;
const smallestRsaBits = 2_048;
/** `Date` of HTTP counts whole seconds. */
const dateMs = 1_000;

/** What was found of an issuer. */
export interface IssuerReading {
  readonly verdicts: readonly Verdict[];
  /** The issuer's clock, where its answer told. */
  readonly clock: ClockReading | null;
}

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Fetches the keys of AUTH_JWKS_URL, and looks whether tokens can be verified with them. */
export async function readIssuer({
  keys,
  isProduction,
}: Config): Promise<IssuerReading> {
  if (keys?.kind !== "jwks")
    return { verdicts: [skipped("AUTH_JWKS_URL is not set.")], clock: null };
  const { url } = keys;
  // An address may hold a password, and a query a key.
  const shown = `${url.origin}${url.pathname}`;
  const askedMs = Date.now();
  let response: Response;
  try {
    response = await fetchKeySet(url, {
      signal: AbortSignal.timeout(limitMs),
    });
  } catch (error) {
    if (error instanceof KeySetTooLarge)
      return nothing(
        `${shown}: ${error.message}`,
        "Set AUTH_JWKS_URL to a key set that is made for Acked. Without its keys every token is answered UNAVAILABLE.",
      );
    return nothing(
      `${shown} can't be reached: ${reasonOf(error)}.`,
      "Look at AUTH_JWKS_URL, at the issuer and at what stands between. Without its keys every token is answered UNAVAILABLE.",
    );
  }
  const answeredMs = Date.now();
  const date = Date.parse(response.headers.get("date") ?? "");
  const clock = Number.isNaN(date)
    ? null
    : differenceOf(date + dateMs / 2, askedMs, answeredMs, dateMs / 2);
  const parsed = keySet.safeParse(await response.json().catch(() => null));
  if (!response.ok || !parsed.success)
    return nothing(
      `${shown} answers ${String(response.status)}${response.ok ? ", which is no key set" : ""}.`,
      'Set AUTH_JWKS_URL to the address of the key set: {"keys": […]}.',
    );
  const verdicts = await verdictsOf(parsed.data.keys, shown);
  if (url.protocol === "http:" && isProduction)
    verdicts.push(
      warning(
        "AUTH_JWKS_URL is http: whoever stands between can put keys of their own in.",
        "Use https.",
      ),
    );
  return { verdicts, clock };
}

function nothing(found: string, advice: string): IssuerReading {
  return { verdicts: [failure(found, advice)], clock: null };
}

async function verdictsOf(
  keys: readonly JWK[],
  shown: string,
): Promise<Verdict[]> {
  const usable: string[] = [];
  const unusable: string[] = [];
  for (const key of keys) {
    const alg = await algorithmOf(key);
    if (alg === null) unusable.push(key.kid ?? key.kty ?? "?");
    else usable.push(alg);
  }
  const verdicts: Verdict[] = [];
  if (usable.length === 0)
    verdicts.push(
      failure(
        `${shown} has ${String(keys.length)} keys, and none that Acked can use.`,
        "Acked verifies RS256 (2,048 bits or more), ES256 and EdDSA: let the issuer sign with one of them.",
      ),
    );
  else
    verdicts.push(
      ok(
        `${shown} has ${String(usable.length)} usable keys (${[...new Set(usable)].join(", ")})${unusable.length > 0 ? `, and ${String(unusable.length)} of another kind` : ""}.`,
      ),
    );
  if (keys.some((key) => key.d !== undefined || key.kty === "oct"))
    verdicts.push(
      failure(
        `${shown} shows a private key: everybody can make tokens.`,
        "Take it out, and replace it at the issuer.",
      ),
    );
  return verdicts;
}

/** How a key verifies tokens; null where it can't. */
async function algorithmOf(key: JWK): Promise<string | null> {
  const { kty, crv, use, n = "" } = key;
  const alg =
    kty === "RSA" && Buffer.from(n, "base64url").length * 8 >= smallestRsaBits
      ? "RS256"
      : kty === "EC" && crv === "P-256"
        ? "ES256"
        : kty === "OKP" && crv === "Ed25519"
          ? "EdDSA"
          : null;
  if (alg === null || use === "enc") return null;
  if (key.alg !== undefined && key.alg !== alg && key.alg !== crv) return null;
  try {
    await importJWK(key, alg);
    return alg;
  } catch {
    return null;
  }
}

/** Without the address, which the driver's texts may show whole. */
function reasonOf(error: unknown): string {
  for (let e = error; e instanceof Error; e = e.cause) {
    if (e.name === "TimeoutError") return "no answer in five seconds";
    if ("code" in e && typeof e.code === "string") return e.code;
  }
  return "the connection failed";
}
