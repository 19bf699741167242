import type {
  ApolloClient,
  OperationVariables,
  TypedDocumentNode,
} from "@apollo/client";
import { follow, type Following } from "@acked/client";
import { backOff } from "./back-off.js";
import type { Credentials } from "./credentials.js";
import type { Network } from "./network.js";

/** The parts of a device that a subscription needs. */
export interface Connection {
  readonly client: ApolloClient;
  readonly network: Network;
  readonly credentials: Credentials;
}

/**
 * Follows a subscription by Apollo Client until it is stopped: after each lost connection it starts
 * again after the newest cursor, once the network is there.
 * @param variables `after` is where to begin; absent begins with what happens from now on
 * @param onData called with each event, after Apollo Client has put it into its cache
 */
export function followByApollo<Data, Variables extends OperationVariables>(
  { client, network, credentials }: Connection,
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void = () => undefined,
): Following {
  return follow<Data, Variables>({
    subscribe(variables, sink) {
      const options = { query, variables: { ...variables } };
      const running = client.subscribe<Data>(options).subscribe(sink);
      return () => running.unsubscribe();
    },
    variables,
    onData,
    // The subscription to statuses gets a reset then, and the inbox reads everything anew.
    onCursorRefused: () => null,
    onTokenRefused: () => credentials.refused(),
    backOff,
    async wait(ms) {
      if (ms > 0) await network.pause(ms);
      await network.online();
    },
  });
}
