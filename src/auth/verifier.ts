import {
  createRemoteJWKSet,
  customFetch,
  errors as joseErrors,
  jwtVerify,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from "jose";
import { fetchKeySet } from "./key-set.js";

/** The keys that tokens are verified with: one shared secret, or the public keys of an issuer. */
export type AuthKeys =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "jwks"; readonly url: URL };

/** The least time between two fetches of an issuer's keys, where tokens name unknown keys. */
const keysCooldownMs = 1_000;

/**
 * Makes the function that verifies a token's signature and claims.
 * @throws what jose throws, or what fetching the keys throws
 */
export function createVerifier(
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
        [customFetch]: fetchKeySet,
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
