import { errors } from "jose";

/** Why a token is refused, from what verifying it threw. Says nothing of the token's values. */
export function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.reason === "missing"
      ? `it has no claim \`${error.claim}\``
      : `its claim \`${error.claim}\` is not the one that is expected`;
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return "no key that is known here made its signature";
  if (error instanceof errors.JOSEAlgNotAllowed)
    return "its algorithm is not taken here";
  if (error instanceof errors.JWKSNoMatchingKey)
    return "the issuer's key set has no key for it";
  if (error instanceof errors.JOSENotSupported)
    return "it needs something that is not supported here";
  return "it is not a signed JWT";
}
