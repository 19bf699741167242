import type { Queue } from "../queue.js";

/** A token of the user, as the app's back end signs it. */
export interface Token {
  readonly token: string;
  /** When it expires, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** The user's token, fetched anew before it expires. */
export interface Session {
  /** A token that is valid for 30 s at least. Rejects where `fetchToken` does. */
  token(): Promise<string>;
  /** Replaces a token that the server refused. Rejects where the refused token was fetched within the last minute. */
  renew(): Promise<void>;
}

/** Keeps a token, and fetches the next one where it is needed, once for all who ask at the same time. */
export function createSession(fetchToken: () => Promise<Token>): Session {
  let known: Token | null = null;
  let asking: Promise<Token> | null = null;
  let askedAtMs = 0;

  async function token(): Promise<string> {
    if (known && known.expiresAtMs - Date.now() > 30_000) return known.token;
    askedAtMs = Date.now();
    asking ??= fetchToken().finally(() => (asking = null));
    known = await asking;
    return known.token;
  }

  return {
    token,
    async renew() {
      if (Date.now() - askedAtMs < 60_000)
        throw new Error("A fresh token was refused: sign in again.");
      known = null;
      await token();
    },
  };
}

/**
 * Fetches a new token when a queue is refused as UNAUTHENTICATED, and lets the queue go on. Returns how to stop.
 * @param onSignIn called where a fresh token was refused: the user has to sign in again
 */
export function resumeWithNewToken(
  queue: Queue,
  session: Session,
  onSignIn: (error: unknown) => void,
): () => void {
  let wasRefused = false;
  return queue.onChange(() => {
    const isRefused =
      queue.state === "paused" && queue.failure?.code === "UNAUTHENTICATED";
    if (isRefused && !wasRefused)
      session.renew().then(() => queue.resume(), onSignIn);
    wasRefused = isRefused;
  });
}
