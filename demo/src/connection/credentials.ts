import type { Network } from "./network.js";
import { fetchSession, type Person } from "./session.js";

/** One person's token, which is replaced when the server refuses it. */
export interface Credentials {
  /** The value of the `authorization` header, and of the socket's connection parameter. */
  authorization(): Promise<string>;
  /** Says that the server refused the token: the next `authorization` fetches a new one. */
  refused(): void;
}

/** Begins with the token that the page came with. */
export function createCredentials(
  { id, token }: Person,
  network: Network,
): Credentials {
  let current: Promise<string> | null = Promise.resolve(token);

  async function renewed(): Promise<string> {
    const { people } = await fetchSession(network.fetch);
    const me = people.find((person) => person.id === id);
    if (!me) throw new Error(`${id} is not in the demo.`);
    return me.token;
  }

  return {
    async authorization() {
      const asked = (current ??= renewed());
      try {
        return `Bearer ${await asked}`;
      } catch (error) {
        if (current === asked) current = null;
        throw error;
      }
    },
    refused() {
      current = null;
    },
  };
}
