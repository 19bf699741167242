/** `@acked/client/apollo`: for Apollo Client 4. */
import {
  ApolloClient,
  ApolloLink,
  HttpLink,
  InMemoryCache,
} from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { newestEventsLink } from "./apollo/newest-events-link.js";
import { apolloSource, typePolicies } from "./apollo/source.js";
import {
  createAcked,
  openWays,
  type Acked,
  type ConnectOptions,
  type Ways,
} from "./kit/acked.js";

export { apolloSource, createAcked, newestEventsLink, openWays, typePolicies };
export type { Acked, ConnectOptions, Ways } from "./kit/acked.js";
export type { Reading, Source } from "./kit/source.js";
export type { Token } from "./kit/session.js";

/** The link to an Acked server: queries and mutations over HTTP, subscriptions over the socket. */
export function ackedLink({ url, session, socket }: Ways): ApolloLink {
  const authorization = new SetContextLink(async (context) => ({
    headers: {
      ...(context["headers"] as object | undefined),
      authorization: `Bearer ${await session.token()}`,
    },
  }));
  return newestEventsLink().split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    authorization.concat(new HttpLink({ uri: url })),
  );
}

/** Connects a signed-in user by an Apollo Client of its own; other components may use the client too. */
export function connectApollo(
  options: ConnectOptions,
): Acked & { readonly client: ApolloClient } {
  const ways = openWays(options);
  const client = new ApolloClient({
    cache: new InMemoryCache({ typePolicies }),
    link: ackedLink(ways),
  });
  return Object.assign(createAcked(options, ways, apolloSource(client)), {
    client,
  });
}
