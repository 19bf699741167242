/** `@acked/client/urql`: for urql with Graphcache. */
import {
  Client,
  fetchExchange,
  subscriptionExchange,
  type ClientOptions,
  type ExecutionResult,
} from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import {
  createAcked,
  openWays,
  type Acked,
  type ConnectOptions,
  type Ways,
} from "./kit/acked.js";
import { graphcacheConfig } from "./urql/graphcache.js";
import { newestEventsExchange } from "./urql/newest-events-exchange.js";
import { urqlSource } from "./urql/source.js";

export {
  createAcked,
  graphcacheConfig,
  newestEventsExchange,
  openWays,
  urqlSource,
};
export type { Acked, ConnectOptions, Ways } from "./kit/acked.js";
export type { Token } from "./kit/session.js";
export type { Reading, Source } from "./kit/source.js";

/** The settings of a urql client for an Acked server: queries and mutations over HTTP, subscriptions over the socket. */
export function ackedClientOptions({
  url,
  session,
  socket,
}: Ways): ClientOptions {
  return {
    url,
    preferGetMethod: false,
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${await session.token()}`);
      return fetch(input, { ...init, headers });
    },
    exchanges: [
      cacheExchange(graphcacheConfig),
      newestEventsExchange(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables = {} }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables },
              {
                next: (result) => sink.next(result as ExecutionResult),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  };
}

/** Connects a signed-in user by a urql client of its own; other components may use the client too. */
export function connectUrql(
  options: ConnectOptions,
): Acked & { readonly client: Client } {
  const ways = openWays(options);
  const client = new Client(ackedClientOptions(ways));
  return Object.assign(createAcked(options, ways, urqlSource(client)), {
    client,
  });
}
