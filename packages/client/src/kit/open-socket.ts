import { createClient, type Client, type ClientOptions } from "graphql-ws";
import type { FollowSettings } from "../follow.js";
import { resuming } from "../resuming.js";

/** The settings of a socket. */
export interface SocketOptions extends FollowSettings {
  /** The address of the API; `http` and `https` stand for `ws` and `wss`. */
  readonly url: string;
  /** Called for each connection. */
  readonly token: () => Promise<string>;
  /** Further settings of graphql-ws: `webSocketImpl` in Node 20, for one. */
  readonly socket?: Partial<ClientOptions> | undefined;
}

/** How often a silent socket is asked whether it lives, and how long it may take to answer, in milliseconds. */
const keepAliveMs = 12_000;
const pongWithinMs = 5_000;

/**
 * Opens a graphql-ws client whose subscriptions come back: by their cursor, with a token that is valid, after a
 * back-off. A ping finds a network that died without a word, within 17 s.
 */
export function openSocket({
  url,
  token,
  socket,
  ...settings
}: SocketOptions): Client {
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({
      authorization: `Bearer ${await token()}`,
    }),
    // A lost subscription is started again by `resuming`, which knows its cursor.
    retryAttempts: 0,
    keepAlive: keepAliveMs,
    ...socket,
    on: {
      ...socket?.on,
      ping: (received, payload) => {
        if (!received)
          overdue = setTimeout(() => client.terminate(), pongWithinMs);
        socket?.on?.ping?.(received, payload);
      },
      pong: (received, payload) => {
        if (received) clearTimeout(overdue);
        socket?.on?.pong?.(received, payload);
      },
      closed: (event) => {
        clearTimeout(overdue);
        socket?.on?.closed?.(event);
      },
    },
  });
  return resuming(client, settings);
}
