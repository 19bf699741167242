import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
} from "@apollo/client";
import { ErrorLink } from "@apollo/client/link/error";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import type { Credentials } from "./credentials.js";
import type { Network } from "./network.js";
import type { Socket } from "./socket.js";

/** Whether the server refused an operation because of its token. */
function isTokenRefused(error: unknown): boolean {
  return (
    CombinedGraphQLErrors.is(error) &&
    error.errors.some(
      ({ extensions }) => extensions?.["code"] === "UNAUTHENTICATED",
    )
  );
}

/**
 * Sets up Apollo Client: queries and mutations over HTTP, subscriptions over the socket. The cache
 * needs no configuration: every type that changes (`Message`, `MessageStatus`, `Conversation`,
 * `Participant`, `User`) has an id, and events select it.
 */
export function createApollo(
  network: Network,
  credentials: Credentials,
  socket: Socket,
): ApolloClient {
  const http = new HttpLink({
    uri: "/graphql",
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("authorization", await credentials.authorization());
      return network.fetch(input, { ...init, headers });
    },
  });
  // Once for each operation: an operation whose new token is refused too would be refused again.
  const renewal = new ErrorLink(({ error, operation, forward }) => {
    if (!isTokenRefused(error) || operation.getContext()["isRenewed"]) return;
    credentials.refused();
    operation.setContext({ isRenewed: true });
    return forward(operation);
  });
  return new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket.client),
      ApolloLink.from([renewal, http]),
    ),
    defaultOptions: {
      // An answer over HTTP may arrive after a newer event over the socket. The cache takes sent
      // messages and marks from the events alone, so that no tick goes back.
      mutate: { fetchPolicy: "no-cache" },
    },
  });
}
