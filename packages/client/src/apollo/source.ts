import type { ApolloCache, ApolloClient, TypePolicies } from "@apollo/client";
import { failureOf } from "../failure.js";
import { ConversationDocument } from "../generated/operations.js";
import { pageSize, type AddedMessage, type Source } from "../kit/source.js";
import { sendByApollo } from "../senders.js";

/**
 * The type policies of Acked's types. Pages of messages are apart from each other, by their arguments; an answer
 * replaces the page that was there.
 */
export const typePolicies: TypePolicies = {
  Conversation: { fields: { messages: { merge: false } } },
  Query: { fields: { conversations: { merge: false } } },
  MessageStatus: { fields: { recipients: { merge: false } } },
};

/** Apollo Client as the hooks and the inbox use it. */
export function apolloSource(client: ApolloClient): Source {
  const { cache } = client;
  return {
    async query(query, variables) {
      const { data } = await client.query({
        query,
        variables,
        fetchPolicy: "network-only",
        errorPolicy: "none",
      });
      if (!data) throw new Error("The query answered nothing.");
      return data;
    },
    watch(query, variables, listener) {
      const watched = client
        .watchQuery({ query, variables })
        .subscribe(({ data, dataState, error, loading }) =>
          listener({
            data: dataState === "complete" ? data : undefined,
            failure: error ? failureOf(error) : null,
            isLoading: loading,
          }),
        );
      return () => watched.unsubscribe();
    },
    mutate: (mutation, variables) => sendByApollo(client, mutation)(variables),
    subscribe(query, variables, sink) {
      const running = client.subscribe({ query, variables }).subscribe(sink);
      return () => running.unsubscribe();
    },
    add: (message) => addMessage(cache, message),
    forget(conversationId) {
      if (conversationId === undefined)
        for (const fieldName of [
          ...["conversation", "conversations", "message", "viewer"],
        ])
          cache.evict({ id: "ROOT_QUERY", fieldName });
      else {
        const id = cache.identify({
          __typename: "Conversation",
          id: conversationId,
        });
        if (id !== undefined) cache.evict({ id, fieldName: "messages" });
      }
      cache.gc();
    },
  };
}

function addMessage(cache: ApolloCache, message: AddedMessage): void {
  const variables = { id: message.conversation.id, last: pageSize };
  cache.updateQuery({ query: ConversationDocument, variables }, (known) => {
    if (!known?.conversation) return;
    const { nodes, pageInfo } = known.conversation.messages;
    if (message.seq <= (nodes.at(-1)?.seq ?? 0)) return;
    const messages = { nodes: [...nodes, message], pageInfo };
    return { conversation: { ...known.conversation, messages } };
  });
}
