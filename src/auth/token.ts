import { createHash } from "node:crypto";
import { SignJWT, errors as joseErrors, type JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { AppError } from "../foundation/errors.js";
import { isId, shownName } from "../foundation/limits.js";
import type { Profile } from "./profile.js";
import { reasonOf } from "./refusal.js";
import { createVerifier, type AuthKeys } from "./verifier.js";
import type { Viewer } from "./viewer.js";

/** The caller and their profile, from a valid token. */
export interface Identity {
  readonly viewer: Viewer;
  readonly profile: Profile;
}

/**
 * Verifies the value of an `authorization` header or connection parameter.
 * @throws {AppError} UNAUTHENTICATED; UNAVAILABLE where the issuer's keys cannot be fetched
 */
export type Authenticate = (
  authorization: string | undefined,
) => Promise<Identity>;

const serviceScope = "acked:service";

const nameCharacters = 256;
const pictureCharacters = 2_048;

/** A claim of a profile that cannot be stored counts as absent; a token is not rejected for it. */
const storable = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes("\0"));

/** Scopes are words in one text (RFC 8693, 4.2), or a list of them, as some issuers write them. */
const scopes = z
  .union([z.string().transform((text) => text.split(" ")), z.array(z.string())])
  .nullish()
  .catch(null);

const claims = z.object({
  sub: z.string().refine(isId),
  exp: z.number(),
  iat: z.number().nonnegative().nullish().catch(null),
  name: storable
    .transform((name) => [...shownName(name)].slice(0, nameCharacters).join(""))
    .nullish()
    .catch(null),
  picture: storable
    .refine((url) => url.length <= pictureCharacters)
    .nullish()
    .catch(null),
  scope: scopes,
  scp: scopes,
});

/** The error for a token that is not valid. Its code is always the same; the message is for people. */
function unauthenticated(message: string): AppError {
  return new AppError("UNAUTHENTICATED", message);
}

/** How tokens are verified. */
export interface AuthOptions {
  readonly keys: AuthKeys;
  readonly issuer: string | null;
  /** Null where a token for any audience is good. */
  readonly audience: string | null;
  /** How long a token may be valid at most, in seconds; without it, for 30 days. */
  readonly maxTokenAgeS?: number;
  /** Whether the error says why a token is not valid. */
  readonly isReasonTold?: boolean;
  /** Told why a token was not valid. Not of expired ones: their holder is told. */
  readonly onRefused?: (reason: string) => void;
}

const monthInSeconds = 30 * 86_400;

/** A good token is not verified again for so long, in milliseconds. So many are remembered, by their hashes. */
const remembered = { max: 10_000, ttl: 60_000 };

/** How far the clock of an issuer may be off, in seconds. */
const clockSkewS = 60;

/**
 * Makes the function that authenticates every request, over HTTP and sockets alike. Algorithms are
 * pinned to the kind of key: HS256 for a secret; RS256, ES256 and EdDSA for public keys (RFC 8725,
 * 3.1).
 */
export function createAuthenticator(options: AuthOptions): Authenticate {
  const { keys, issuer, audience, maxTokenAgeS = monthInSeconds } = options;
  const verify = createVerifier(keys, {
    requiredClaims: ["sub", "exp"],
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
  });
  const notValid = (reason: string) => {
    options.onRefused?.(reason);
    return unauthenticated(
      `The token is not valid here${options.isReasonTold ? `: ${reason}` : ""}.`,
    );
  };

  const identities = new LRUCache<string, Identity>(remembered);

  return async (authorization) => {
    const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? "")?.[1];
    if (!token)
      throw unauthenticated(
        "A token is needed: authorization: Bearer <token>.",
      );
    const hash = createHash("sha256").update(token).digest("base64");
    const known = identities.get(hash);
    if (known && known.viewer.expiresAtMs > Date.now()) return known;
    const { payload } = await verify(token).catch((error: unknown) => {
      throw refusalOf(error, notValid);
    });
    if (!isShortLived(payload, maxTokenAgeS))
      throw notValid("it is valid for longer than AUTH_MAX_TOKEN_AGE");
    const identity = identityOf(payload);
    identities.set(hash, identity);
    return identity;
  };
}

/** Whether a token ends in time, counted from when it was made, or from now where it does not say. */
function isShortLived({ exp, iat }: JWTPayload, maxAgeS: number): boolean {
  const nowS = Date.now() / 1_000;
  const madeS = typeof iat === "number" ? Math.min(iat, nowS) : nowS;
  return (exp ?? Infinity) - madeS <= maxAgeS + clockSkewS;
}

function refusalOf(
  error: unknown,
  notValid: (reason: string) => AppError,
): AppError {
  if (error instanceof joseErrors.JWTExpired)
    return unauthenticated("The token has expired.");
  // The error says nothing of the token: the keys could not be fetched, or are not keys.
  if (
    !(error instanceof joseErrors.JOSEError) ||
    error instanceof joseErrors.JWKSTimeout ||
    error instanceof joseErrors.JWKSInvalid ||
    error.code === joseErrors.JOSEError.code
  )
    return new AppError(
      "UNAVAILABLE",
      "The issuer's keys can't be had right now. Try again.",
    );
  return notValid(reasonOf(error));
}

function identityOf(payload: JWTPayload): Identity {
  const parsed = claims.safeParse(payload);
  if (!parsed.success)
    throw unauthenticated(
      "The token needs a `sub` that can be an id, of 1 to 128 characters, and an `exp`.",
    );
  const { sub, exp, iat, name, picture, scope, scp } = parsed.data;
  const isService = [scope, scp].some((words) => words?.includes(serviceScope));
  return {
    viewer: { userId: sub, isService, expiresAtMs: exp * 1_000 },
    profile: isService
      ? { id: sub }
      : {
          id: sub,
          displayName: name ?? null,
          avatarUrl: picture ?? null,
          issuedAtS: typeof iat === "number" ? issuedAtS(iat) : null,
        },
  };
}

/** A token from the future would stand against all that are issued until then. */
function issuedAtS(iat: number): number {
  return Math.floor(Math.min(iat, Date.now() / 1_000));
}

/** The content of a token to be made. */
export interface TokenRequest {
  readonly userId: string;
  readonly name?: string;
  /** The time until the token expires, in seconds. */
  readonly ttlSeconds: number;
  readonly isService?: boolean;
  readonly issuer?: string | null;
  readonly audience?: string | null;
}

/** Makes a token with the shared secret: for development, `acked token` and the demo. */
export function signToken(
  secret: string,
  request: TokenRequest,
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const jwt = new SignJWT({
    ...(request.name !== undefined && { name: request.name }),
    ...(request.isService && { scope: serviceScope }),
  })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(request.userId)
    .setIssuedAt(now)
    .setExpirationTime(now + request.ttlSeconds);
  if (request.issuer) jwt.setIssuer(request.issuer);
  if (request.audience) jwt.setAudience(request.audience);
  return jwt.sign(new TextEncoder().encode(secret));
}
