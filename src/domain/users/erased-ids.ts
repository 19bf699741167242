import { createHmac, hkdfSync } from "node:crypto";

/** Tells whether an id is that of an erased user, from a digest that does not hold the id (R41). */
export interface ErasedIds {
  /** What is stored in the place of an id. */
  digestOf(id: string): string;
}

/**
 * HMAC-SHA256 (RFC 2104) under a key that HKDF (RFC 5869) derives from the secret of cursors. Whoever has the
 * database alone can't try ids against it. Nodes with another secret do not know the ids again:
 * docs/SECURITY.md says what that means for changing it.
 */
export function createErasedIds(secret: string): ErasedIds {
  const key = Buffer.from(
    hkdfSync("sha256", secret, "", "acked erased users, version 1", 32),
  );
  return {
    digestOf: (id) => createHmac("sha256", key).update(id).digest("base64url"),
  };
}
