import type {
  ApolloClient,
  OperationVariables,
  TypedDocumentNode,
} from "@apollo/client";
import { hasCode } from "./apollo.js";
import { backOffMs } from "./back-off.js";
import type { Credentials } from "./credentials.js";
import type { Network } from "./network.js";

/** What following a subscription needs. */
export interface Connection {
  readonly client: ApolloClient;
  readonly network: Network;
  readonly credentials: Credentials;
}

/** A subscription that goes on. */
export interface Following {
  /** The newest cursor seen; where to begin what shall miss nothing from now on. */
  readonly cursor: string | undefined;
  stop(): void;
}

/**
 * Follows a subscription for good: when it ends or the connection is lost, it subscribes again
 * `after` the newest cursor, so that nothing is missed and little comes twice.
 * @param after where to begin; now, where it is undefined
 * @param onEvent told of each event after Apollo Client has put it into its cache; answers its cursor
 */
export function follow<Data, Variables extends OperationVariables>(
  { client, network, credentials }: Connection,
  query: TypedDocumentNode<Data, Variables>,
  variablesAfter: (cursor: string | undefined) => Variables,
  after: string | undefined,
  onEvent: (data: Data) => string,
): Following {
  let cursor = after;
  const stopping = new AbortController();
  const isStopped = () => stopping.signal.aborted;
  let unsubscribe = (): void => undefined;

  /** Resolves when the subscription is over: whether anything came. */
  function listen(): Promise<boolean> {
    return new Promise((resolve) => {
      let hasHeard = false;
      const end = () => resolve(hasHeard);
      const running = client
        .subscribe<Data>({ query, variables: variablesAfter(cursor) })
        .subscribe({
          next({ data, error }) {
            if (hasCode(error, "UNAUTHENTICATED")) credentials.refused();
            // It can't be gone on from: the statuses' own answer is a reset, and all is read anew.
            if (hasCode(error, "BAD_USER_INPUT")) cursor = undefined;
            if (!data) return;
            hasHeard = true;
            cursor = onEvent(data);
          },
          error: end,
          complete: end,
        });
      unsubscribe = () => {
        running.unsubscribe();
        end();
      };
    });
  }

  async function go(): Promise<void> {
    for (let attempt = 0; !isStopped(); attempt++) {
      await network.online();
      if (isStopped()) return;
      if (await listen()) attempt = 0;
      if (!isStopped()) await network.pause(backOffMs(attempt));
    }
  }
  void go();

  return {
    get cursor() {
      return cursor;
    },
    stop() {
      stopping.abort();
      unsubscribe();
    },
  };
}
