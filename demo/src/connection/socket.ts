import { createClient, type Client } from "graphql-ws";
import type { Credentials } from "./credentials.js";
import { createListeners } from "./listeners.js";
import type { Network } from "./network.js";

/** How often the socket is pinged, and how long the answer may take. */
const keepAliveMs = 15_000;
const pongWithinMs = 5_000;

/** The close code of the server when a token has expired. */
const forbidden = 4403;

/** The socket for subscriptions. */
export interface Socket {
  readonly client: Client;
  readonly isConnected: boolean;
  onChange(listener: () => void): () => void;
}

/**
 * Makes the socket, which connects when the first subscription starts. It does not retry by itself:
 * `followByApollo` starts a lost subscription again, after the network is back.
 */
export function createSocket(
  network: Network,
  credentials: Credentials,
): Socket {
  const listeners = createListeners();
  let isConnected = false;
  let overdue: ReturnType<typeof setTimeout> | undefined;

  function connected(is: boolean): void {
    isConnected = is;
    clearTimeout(overdue);
    listeners.tell();
  }

  const client = createClient({
    url: new URL("/graphql", location.href).href.replace(/^http/, "ws"),
    connectionParams: async () => ({
      authorization: await credentials.authorization(),
    }),
    retryAttempts: 0,
    keepAlive: keepAliveMs,
    on: {
      connected: () => connected(true),
      closed(event) {
        if (event instanceof CloseEvent && event.code === forbidden)
          credentials.refused();
        connected(false);
      },
      // A connection that died unnoticed never answers.
      ping(isReceived) {
        if (!isReceived)
          overdue = setTimeout(() => client.terminate(), pongWithinMs);
      },
      pong: () => clearTimeout(overdue),
    },
  });
  network.onChange(() => {
    if (!network.isOnline) client.terminate();
  });
  return {
    client,
    get isConnected() {
      return isConnected;
    },
    onChange: (listener) => listeners.add(listener),
  };
}
