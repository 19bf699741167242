import { createClient, type Client } from "graphql-ws";
import { WebSocket } from "ws";

/** A graphql-ws client that connects with its first subscription. */
export interface Socket {
  readonly client: Client;
  /** Resolves once the socket is closed. The client closes it with the last of its subscriptions. */
  closed(): Promise<void>;
}

/** @param endpoint `http(s)://…/graphql`; the socket goes to the same address */
export function openSocket(
  endpoint: URL,
  token: () => Promise<string>,
): Socket {
  const url = new URL(endpoint);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const client = createClient({
    url: url.href,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({
      authorization: `Bearer ${await token()}`,
    }),
    // A lost subscription is started again by `follow`, which knows its cursor.
    retryAttempts: 0,
  });
  let isOpen = false;
  client.on("connected", () => (isOpen = true));
  client.on("closed", () => (isOpen = false));
  return {
    client,
    closed: () =>
      new Promise((resolve) => {
        if (isOpen) client.on("closed", () => resolve());
        else resolve();
      }),
  };
}
