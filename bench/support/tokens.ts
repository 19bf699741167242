import { signToken } from "../../src/auth/token.js";

/** The secret with which every contender verifies tokens. */
export const secret = "a secret of at least thirty-two bytes, for benchmarks";

/** A user's `authorization`, as header and as connection parameter. */
export async function bearer(userId: string): Promise<string> {
  return `Bearer ${await signToken(secret, { userId, ttlSeconds: 7_200 })}`;
}
