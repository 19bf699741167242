import type { Failure } from "../failure.js";
import type { InboxMessageAddedSubscription } from "../generated/operations.js";
import type { FollowSink, SomeVariables } from "../subscription.js";
import type { TypedDocument } from "../typed-document.js";

/** A message as the inbox brings it. */
export type AddedMessage =
  InboxMessageAddedSubscription["messageAdded"]["message"];

/** What is known of a query that is on screen. */
export interface Reading<Data> {
  readonly data: Data | undefined;
  readonly failure: Failure | null;
  readonly isLoading: boolean;
}

/** A GraphQL client with a normalized cache, as the hooks and the inbox use it. `/apollo` and `/urql` make one. */
export interface Source {
  /** Reads from the network, into the cache. Rejects with the error of the client. */
  query<Data, Variables extends SomeVariables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  /**
   * Calls back with what the cache has of a query, now and after each change; reads from the network what the cache
   * lacks. Returns how to stop.
   */
  watch<Data, Variables extends SomeVariables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    listener: (reading: Reading<Data>) => void,
  ): () => void;
  /** Runs a mutation. Resolves with the answer of its one field; rejects with the error of the client. */
  mutate<Data, Variables extends SomeVariables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data[Exclude<keyof Data, "__typename">]>;
  /** Starts a subscription whose events go into the cache. Returns how to stop. */
  subscribe<Data, Variables extends SomeVariables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    sink: FollowSink<Data>,
  ): () => void;
  /** Adds a message to the list of its conversation, where the list was read and lacks the message. */
  add(message: AddedMessage): void;
  /** Reads anew what is on screen, and drops the rest: of one conversation's messages, or of everything. */
  forget(conversationId?: string): void;
}

/** How many messages a page has; the list that grows by events is the newest page. */
export const pageSize = 50;
