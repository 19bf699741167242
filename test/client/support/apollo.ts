import {
  ApolloClient,
  ApolloLink,
  HttpLink,
  InMemoryCache,
} from "@apollo/client";
import { loadDevMessages, loadErrorMessages } from "@apollo/client/dev";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import type { TestServer } from "../../support/server.js";

loadDevMessages();
loadErrorMessages();

/** What an app on Apollo Client sets up: HTTP, a socket for subscriptions, and a cache with no configuration. */
export function apolloClient(server: TestServer, userId: string) {
  const token = server.token(userId);
  const http = new HttpLink({
    uri: server.url,
    fetch: async (input, init) =>
      fetch(input, {
        ...init,
        headers: [
          ...new Headers(init?.headers),
          ["authorization", `Bearer ${await token}`],
        ],
      }),
  });
  const socket = createClient({
    url: server.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await token}` }),
  });
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      http,
    ),
  });
  return {
    client,
    async close() {
      client.stop();
      await socket.dispose();
    },
  };
}
