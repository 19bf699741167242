import {
  SignJWT,
  createRemoteJWKSet,
  errors as joseErrors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from "jose";
import { z } from "zod";
import { AppError } from "../foundation/errors.js";
import { isId } from "../foundation/limits.js";
import type { Profile } from "./profile.js";
import type { Viewer } from "./viewer.js";

/** The keys that tokens are verified with: one shared secret, or the public keys of an issuer. */
export type AuthKeys =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "jwks"; readonly url: URL };

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

/** The least time between two fetches of an issuer's keys, where tokens name unknown keys. */
const keysCooldownMs = 1_000;

/** A claim of a profile that cannot be stored counts as absent; a token is not rejected for it. */
const storable = z
  .string()
  .refine((text) => text.isWellFormed() && !text.includes("\0"));

const claims = z.object({
  sub: z.string().refine(isId),
  exp: z.number(),
  iat: z.number().nonnegative().nullish().catch(null),
  name: storable
    .transform((name) => [...name].slice(0, nameCharacters).join(""))
    .nullish()
    .catch(null),
  picture: storable
    .refine((url) => url.length <= pictureCharacters)
    .nullish()
    .catch(null),
  scope: z.string().nullish().catch(null),
});

/** The error for a token that is not valid. Its code is always the same; the reason is for people. */
function unauthenticated(reason: string): AppError {
  return new AppError("UNAUTHENTICATED", reason);
}

/**
 * Makes the function that authenticates every request, over HTTP and sockets alike. Algorithms are
 * pinned to the kind of key: HS256 for a secret; RS256, ES256 and EdDSA for public keys (RFC 8725,
 * 3.1).
 */
export function createAuthenticator(options: {
  keys: AuthKeys;
  issuer: string | null;
  audience: string | null;
}): Authenticate {
  const verify = verifier(options.keys, {
    requiredClaims: ["sub", "exp"],
    ...(options.issuer !== null && { issuer: options.issuer }),
    ...(options.audience !== null && { audience: options.audience }),
  });

  return async (authorization) => {
    const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? "")?.[1];
    if (!token)
      throw unauthenticated(
        "A token is needed: authorization: Bearer <token>.",
      );
    return identityOf(
      await verify(token).then(({ payload }) => payload, refuse),
    );
  };
}

function verifier(
  keys: AuthKeys,
  options: JWTVerifyOptions,
): (token: string) => Promise<JWTVerifyResult> {
  switch (keys.kind) {
    case "secret": {
      const secret = new TextEncoder().encode(keys.secret);
      return (token) =>
        jwtVerify(token, secret, { ...options, algorithms: ["HS256"] });
    }
    case "jwks": {
      const jwks = createRemoteJWKSet(keys.url, {
        cooldownDuration: keysCooldownMs,
      });
      const pinned = { ...options, algorithms: ["RS256", "ES256", "EdDSA"] };
      return (token) =>
        jwtVerify(token, jwks, pinned).catch((error: unknown) =>
          verifyByAny(token, error, pinned),
        );
    }
  }
}

/** Verifies a token that names no key: any key of its kind may have signed it. */
async function verifyByAny(
  token: string,
  error: unknown,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  if (!(error instanceof joseErrors.JWKSMultipleMatchingKeys)) throw error;
  for await (const key of error) {
    try {
      return await jwtVerify(token, key, options);
    } catch (failure) {
      if (!(failure instanceof joseErrors.JWSSignatureVerificationFailed))
        throw failure;
    }
  }
  throw new joseErrors.JWSSignatureVerificationFailed();
}

function refuse(error: unknown): never {
  if (error instanceof joseErrors.JWTExpired)
    throw unauthenticated("The token has expired.");
  // The error says nothing of the token: the keys could not be fetched, or are not keys.
  if (
    !(error instanceof joseErrors.JOSEError) ||
    error instanceof joseErrors.JWKSTimeout ||
    error instanceof joseErrors.JWKSInvalid ||
    error.code === joseErrors.JOSEError.code
  )
    throw new AppError(
      "UNAVAILABLE",
      "The issuer's keys can't be had right now. Try again.",
    );
  throw unauthenticated("The token is not valid here.");
}

function identityOf(payload: JWTPayload): Identity {
  const parsed = claims.safeParse(payload);
  if (!parsed.success)
    throw unauthenticated(
      "The token needs a `sub` of 1 to 128 characters and an `exp`.",
    );
  const { sub, exp, iat, name, picture, scope } = parsed.data;
  const isService = (scope ?? "").split(" ").includes(serviceScope);
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
