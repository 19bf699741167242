import { at, textOf } from "./untyped.js";

/** One result of a subscription, as graphql-ws (`errors`), Apollo Client and urql (`error`) give it. */
export interface FollowResult<Data> {
  readonly data?: Data | null | undefined;
  readonly error?: unknown;
  readonly errors?: readonly unknown[] | undefined;
}

/** Receives the results of one subscription and its end. */
export interface FollowSink<Data> {
  next(result: FollowResult<Data>): void;
  error(error: unknown): void;
  complete(): void;
}

/** The part of a graphql-ws client that `follow` uses. */
export interface SubscriptionClient {
  subscribe(
    payload: { query: string; variables?: SomeVariables | null },
    sink: FollowSink<unknown>,
  ): () => void;
}

/** The variables of an operation. */
export type SomeVariables = Record<string, unknown>;

/** The place where `follow` subscribes: a graphql-ws client, or a function over any other client. */
export type FollowSource<Data, Variables> =
  | { readonly client: SubscriptionClient; readonly query: string }
  | {
      /**
       * Starts the subscription, and returns a function that stops it. Called once for each attempt,
       * with the newest cursor in `variables.after`. A throw counts as a lost connection.
       * @param variables the same object at each call; copy it where the client keeps it
       */
      readonly subscribe: (
        variables: Variables,
        sink: FollowSink<Data>,
      ) => () => void;
    };

/** Starts a subscription at its source, and returns a function that stops it. */
export function startSubscription<Data, Variables extends SomeVariables>(
  source: FollowSource<Data, Variables>,
  variables: Variables,
  sink: FollowSink<Data>,
): () => void {
  return "subscribe" in source
    ? source.subscribe(variables, sink)
    : source.client.subscribe({ query: source.query, variables }, sink);
}

/** The `cursor` in the one field of a subscription's data. */
export function cursorOf(data: unknown): string | undefined {
  return Object.values(data ?? {})
    .map((event) => textOf(at(event, "cursor")))
    .find((cursor) => cursor !== undefined);
}
