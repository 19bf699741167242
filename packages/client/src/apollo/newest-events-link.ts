import { ApolloLink, Observable } from "@apollo/client";
import { OperationTypeNode } from "graphql";
import { createNewestEvents } from "../kit/newest.js";

/**
 * A link that keeps an older answer from winning over a newer event in the cache. It stands before all links that go
 * to the server, over HTTP and over the socket.
 */
export function newestEventsLink(): ApolloLink {
  const newest = createNewestEvents();
  return new ApolloLink((operation, forward) => {
    const isSubscription =
      operation.operationType === OperationTypeNode.SUBSCRIPTION;
    return new Observable((observer) => {
      const underWay = isSubscription ? null : newest.begin();
      const running = forward(operation).subscribe({
        next({ data, ...result }: ApolloLink.Result) {
          const seen = underWay ? underWay.amend(data) : newest.take(data);
          observer.next({
            ...result,
            ...(data !== undefined && { data: seen }),
          });
        },
        error: (error) => observer.error(error),
        complete: () => observer.complete(),
      });
      return () => {
        underWay?.end();
        running.unsubscribe();
      };
    });
  });
}
