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
  /** The token that requests have; undefined where none is there yet. */
  readonly current: string | undefined;
  /**
   * Replaces a token that the server refused; one that is replaced already is no reason to fetch another. Rejects
   * where the refused token was fetched within the last minute, and has not expired since.
   * @param refused the token of the refused request; by default the current one
   */
  renew(refused?: string): Promise<void>;
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
    get current() {
      return known?.token;
    },
    async renew(refused = known?.token) {
      if (!asking && known && known.token === refused) {
        const nowMs = Date.now();
        if (nowMs - askedAtMs < 60_000 && nowMs < known.expiresAtMs)
          throw new Error("A fresh token was refused: sign in again.");
        known = null;
      }
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
  let used: string | undefined;
  return queue.onChange(() => {
    if (queue.state === "sending") used = session.current;
    const isRefused =
      queue.state === "paused" && queue.failure?.code === "UNAUTHENTICATED";
    if (isRefused && !wasRefused)
      session.renew(used).then(() => queue.resume(), onSignIn);
    wasRefused = isRefused;
  });
}
