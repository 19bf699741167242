/** A person whose chat a visitor may open. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** A token that is valid for a day. */
  readonly token: string;
}

/** The server's data for the demo page. An app has its sign-in instead. */
export interface Session {
  readonly people: readonly Person[];
  /** The conversation that exists from the start. */
  readonly conversationId: string;
}

/** Fetches the people of the demo, each with a fresh token. */
export async function fetchSession(get: typeof fetch): Promise<Session> {
  // Tokens are for this page alone: no other site's page may send the header.
  const response = await get("session.json", {
    headers: { "x-acked-demo": "1" },
  });
  if (!response.ok) throw new Error("The demo is off.");
  return (await response.json()) as Session;
}
