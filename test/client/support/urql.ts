import {
  Client,
  fetchExchange,
  subscriptionExchange,
  type Exchange,
} from "@urql/core";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import type { TestServer } from "../../support/server.js";

/** What an app on urql sets up: HTTP, a socket for subscriptions, and the exchanges it wants before those. */
export function urqlClient(
  server: TestServer,
  userId: string,
  ...exchanges: Exchange[]
) {
  const token = server.token(userId);
  const socket = createClient({
    url: server.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await token}` }),
  });
  const client = new Client({
    url: server.url,
    preferGetMethod: false,
    fetch: async (input, init) =>
      fetch(input, {
        ...init,
        headers: [
          ...new Headers(init?.headers),
          ["authorization", `Bearer ${await token}`],
        ],
      }),
    exchanges: [
      ...exchanges,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, ...(variables && { variables }) },
              sink as Parameters<typeof socket.subscribe>[1],
            ),
          }),
        }),
      }),
    ],
  });
  return { client, close: () => socket.dispose() };
}
