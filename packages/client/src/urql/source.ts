import type { AnyVariables, Client, OperationResult } from "@urql/core";
import { failureOf } from "../failure.js";
import type { Source } from "../kit/source.js";
import { sendByUrql } from "../senders.js";

/** urql with Graphcache as the hooks and the inbox use it; the cache's own settings are `graphcacheConfig`. */
export function urqlSource(client: Client): Source {
  /** Reads again what is on screen, one function for each query that is watched. */
  const watched = new Set<() => void>();
  return {
    async query(query, variables) {
      return dataOf(
        await client
          .query(query, variables, { requestPolicy: "network-only" })
          .toPromise(),
      );
    },
    watch(query, variables, listener) {
      const readAgain = () =>
        void client
          .query(query, variables, { requestPolicy: "network-only" })
          .toPromise();
      watched.add(readAgain);
      const { unsubscribe } = client
        .query(query, variables)
        .subscribe(({ data, error, stale }) =>
          listener({
            data,
            failure: error ? failureOf(error) : null,
            isLoading: stale,
          }),
        );
      return () => {
        watched.delete(readAgain);
        unsubscribe();
      };
    },
    mutate: (mutation, variables) => sendByUrql(client, mutation)(variables),
    subscribe: (query, variables, sink) =>
      client
        .subscription(query, variables)
        .subscribe((result) => sink.next(result)).unsubscribe,
    // `graphcacheConfig` does it: Graphcache is written to by its own settings alone.
    add: () => undefined,
    forget(conversationId) {
      if (conversationId === undefined)
        for (const readAgain of watched) readAgain();
    },
  };
}

function dataOf<Data, Variables extends AnyVariables>({
  data,
  error,
}: OperationResult<Data, Variables>): Data {
  if (error) throw error;
  if (!data) throw new Error("The query answered nothing.");
  return data;
}
