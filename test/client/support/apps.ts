import type { OperationVariables } from "@apollo/client";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { AnyVariables } from "@urql/core";
import { cacheExchange, type KeyingConfig } from "@urql/exchange-graphcache";
import {
  createReceiptQueue,
  memoryStorage,
  sendByApollo,
  sendByUrql,
  type ReceiptQueue,
} from "../../../src/client/index.js";
import {
  MarkUnreadDocument,
  SyncReceiptsDocument,
} from "../../../src/client/generated/operations.js";
import type { TestServer } from "../../support/server.js";
import { apolloClient } from "./apollo.js";
import { screenOf, type Screen } from "./screen.js";
import { urqlClient } from "./urql.js";

/** An app as its components see it: they show queries and listen to subscriptions, and no more. */
export interface App {
  /** A component that shows a query, from the cache where it is there. */
  show<T, V extends Variables>(
    query: TypedDocumentNode<T, V>,
    variables: V,
  ): Screen<T>;
  /** A component that listens to a subscription and does nothing with what comes. */
  subscribe<T, V extends Variables>(
    query: TypedDocumentNode<T, V>,
    variables: V,
  ): void;
  /** The queue of marks of the app's device. */
  readonly receipts: ReceiptQueue;
  close(): Promise<void>;
}

type Variables = OperationVariables & AnyVariables;

/** An app on Apollo Client whose InMemoryCache has no configuration. */
export function apolloApp(server: TestServer, userId: string): App {
  const { client, close } = apolloClient(server, userId);
  const stops: (() => void)[] = [];
  const receipts = createReceiptQueue({
    userId,
    storage: memoryStorage(),
    send: sendByApollo(client, SyncReceiptsDocument),
    sendUnread: sendByApollo(client, MarkUnreadDocument),
  });
  return {
    receipts,
    show<T, V extends Variables>(query: TypedDocumentNode<T, V>, variables: V) {
      const screen = screenOf<T>((show) => {
        const watched = client
          .watchQuery({ query, variables })
          .subscribe(({ data, dataState }) => {
            if (dataState === "complete") show(data);
          });
        return () => watched.unsubscribe();
      });
      stops.push(screen.close);
      return screen;
    },
    subscribe(query, variables) {
      const events = client
        .subscribe({ query, variables })
        .subscribe(() => undefined);
      stops.push(() => events.unsubscribe());
    },
    async close() {
      for (const stop of stops) stop();
      await receipts.close();
      await close();
    },
  };
}

/** For those who ask urql's Graphcache for `statusChanges`: its parts are values without an id. */
export const statusChangesKeys: KeyingConfig = {
  StatusChangePage: () => null,
  MessageStatusChange: () => null,
  Receipt: () => null,
};

/** An app on urql with Graphcache; without `keys`, it has no configuration. */
export function graphcacheApp(
  server: TestServer,
  userId: string,
  keys: KeyingConfig = {},
): App {
  const cache = cacheExchange({ keys });
  const { client, close } = urqlClient(server, userId, cache);
  const stops: (() => void)[] = [];
  const receipts = createReceiptQueue({
    userId,
    storage: memoryStorage(),
    send: sendByUrql(client, SyncReceiptsDocument),
    sendUnread: sendByUrql(client, MarkUnreadDocument),
  });
  return {
    receipts,
    show<T, V extends Variables>(query: TypedDocumentNode<T, V>, variables: V) {
      const screen = screenOf<T>(
        (show) =>
          client.query<T>(query, variables).subscribe(({ data }) => {
            if (data) show(data);
          }).unsubscribe,
      );
      stops.push(screen.close);
      return screen;
    },
    subscribe(query, variables) {
      stops.push(
        client
          .subscription<unknown>(query, variables)
          .subscribe(() => undefined).unsubscribe,
      );
    },
    async close() {
      for (const stop of stops) stop();
      await receipts.close();
      await close();
    },
  };
}
