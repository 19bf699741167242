import {
  ConversationDocument,
  ConversationsDocument,
  type ConversationQuery,
  type ConversationsQuery,
  type MessageFieldsFragment,
} from "acked/operations";

/** The list, as everything here reads and writes it. */
export const listQuery = {
  query: ConversationsDocument,
  variables: { first: 100 },
};

/** A conversation from its newest messages up to as far back as was paged. */
export const conversationQuery = (id: string) => ({
  query: ConversationDocument,
  variables: { id, last: 50 },
});

/** A page of what came before. */
export const earlierQuery = (id: string, before: string | null) => ({
  query: ConversationDocument,
  variables: { id, last: 50, before },
});

/** A conversation as the list has it. */
export type ListedConversation =
  ConversationsQuery["conversations"]["nodes"][number];

/** A conversation as it is when open. */
export type OpenConversation = NonNullable<ConversationQuery["conversation"]>;

/** A message as every query and event has it. */
export type Message = MessageFieldsFragment;
