import type { Config } from "../config/config.js";
import { failure, ok, warning, type Verdict } from "./finding.js";

/** Fewer different characters than a secret of 32 random bytes ever has, in hex too. */
const fewCharacters = 10;

const guessable =
  /change.?me|passw|secret|example|your.?(own|key)|develop|acked|test|1234|qwert/i;

/** Why a secret can be guessed; null where nothing speaks for that. */
export function weaknessOf(secret: string): string | null {
  if (new Set(secret).size < fewCharacters)
    return "has very few different characters";
  const half = secret.slice(0, Math.ceil(secret.length / 2));
  for (let length = 1; length <= half.length; length++)
    if (
      secret ===
      half.slice(0, length).repeat(secret.length).slice(0, secret.length)
    )
      return "repeats itself";
  return guessable.test(secret) ? "has words that are guessed first" : null;
}

const makeOne = "Make one: openssl rand -base64 32.";

/** What tokens are verified with, where that is a secret. */
export function checkSecret({ keys, isProduction }: Config): Verdict {
  if (keys === null)
    return ok(
      "The development secret in DATA_DIR signs tokens, which is for development alone.",
    );
  if (keys.kind === "jwks")
    return ok("Tokens are verified by an issuer's keys.");
  return strengthOf("AUTH_JWT_SECRET", keys.secret, isProduction);
}

/** What cursors are sealed with, and whether all nodes have the same. */
export function checkCursorSecret(config: Config): Verdict {
  const { cursorSecret, keys, bus, isProduction } = config;
  if (cursorSecret !== null)
    return strengthOf("CURSOR_SECRET", cursorSecret, isProduction);
  if (keys?.kind !== "jwks")
    return ok("Cursors are sealed with what tokens are verified with.");
  const found =
    "AUTH_JWKS_URL is set and CURSOR_SECRET is not: each node seals cursors with a secret of its own.";
  return bus.kind !== "in-process"
    ? warning(
        found,
        `With several nodes no client can go on at another one: give all of them the same CURSOR_SECRET. ${makeOne}`,
      )
    : ok("Cursors are sealed with a secret that is kept in DATA_DIR.");
}

function strengthOf(
  variable: string,
  secret: string,
  isProduction: boolean,
): Verdict {
  const weakness = weaknessOf(secret);
  if (weakness === null)
    return ok(`${variable} has ${String(Buffer.byteLength(secret))} bytes.`);
  const verdict = isProduction ? failure : warning;
  return verdict(`${variable} ${weakness}.`, makeOne);
}

/** Whether tokens of the issuer that are meant for another service are refused. */
export function checkIssuer({ keys, issuer, audience }: Config): Verdict {
  if (keys?.kind !== "jwks")
    return ok(
      "Whoever has the secret makes the tokens; AUTH_ISSUER and AUTH_AUDIENCE need not be set.",
    );
  const missing = [
    ...(issuer === null ? ["AUTH_ISSUER"] : []),
    ...(audience === null ? ["AUTH_AUDIENCE"] : []),
  ];
  return missing.length === 0
    ? ok("AUTH_ISSUER and AUTH_AUDIENCE are checked.")
    : warning(
        `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not set: a token that the issuer made for another service is valid here.`,
        `Set ${missing.join(" and ")} as the issuer's tokens have them.`,
      );
}
