/** Somebody that a visitor may be. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Good for a day. */
  readonly token: string;
}

/** What the server tells the demo page; an app has its sign-in instead. */
export interface Session {
  readonly people: readonly Person[];
  /** The conversation that is there from the start. */
  readonly conversationId: string;
}

/** Asks who there is, each with a fresh token. */
export async function fetchSession(get: typeof fetch): Promise<Session> {
  const response = await get("session.json");
  if (!response.ok) throw new Error("The demo is off.");
  return (await response.json()) as Session;
}
