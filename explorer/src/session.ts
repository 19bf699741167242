/** What the server tells its explorer. */
export interface Session {
  /** The demo's people; none where there is no demo, or where another party signs tokens. */
  readonly people: readonly Person[];
  /** The conversation of the tour; absent where there are no people. */
  readonly conversationId?: string;
  /** The id of a message that the tour marks; null where there is none. */
  readonly messageId?: string | null;
}

/** Somebody whom the explorer may act as. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** Nobody to act as: the visitor brings a token. */
const nobody: Session = { people: [] };

/** Asks the server for people and their tokens, which it has for browsers on its own machine alone. */
export async function fetchSession(): Promise<Session> {
  try {
    const response = await fetch("/explorer/session.json", {
      headers: { "x-acked-demo": "1" },
    });
    return response.ok ? ((await response.json()) as Session) : nobody;
  } catch {
    return nobody;
  }
}
