import type { AuthKeys } from "../../auth/verifier.js";
import {
  demoConversationId,
  demoPeople,
  demoUsers,
  type DemoUser,
} from "./demo-data.js";
import type { DemoSession } from "./demo-page.js";

/**
 * The users whose tokens the explorer offers; null where the demo is off, or where another party
 * signs tokens.
 */
export function explorerUsers(
  isDemo: boolean,
  keys: AuthKeys,
): (() => Promise<DemoUser[]>) | null {
  const secret = isDemo ? signingSecret(keys) : null;
  return secret === null ? null : () => demoUsers(secret);
}

/**
 * The data of the demo page, with fresh tokens at each call; null where the demo is off, or where
 * another party signs tokens.
 */
export function demoSession(
  isDemo: boolean,
  keys: AuthKeys,
): (() => Promise<DemoSession>) | null {
  const secret = isDemo ? signingSecret(keys) : null;
  if (secret === null) return null;
  return async () => ({
    people: await demoPeople(secret),
    conversationId: demoConversationId,
  });
}

/** The secret that this node can sign tokens with; null where this node only verifies tokens. */
function signingSecret(keys: AuthKeys): string | null {
  switch (keys.kind) {
    case "secret":
      return keys.secret;
    case "jwks":
      return null;
  }
}
