import {
  ConversationDocument,
  ConversationsDocument,
  type ConversationQuery,
  type ConversationsQuery,
  type MessageFieldsFragment,
} from "@acked/client/operations";

/** The query of the list, with the variables that every reader and writer uses. */
export const listQuery = {
  query: ConversationsDocument,
  variables: { first: 100 },
};

/** The query of a conversation. Earlier pages are merged into its result. */
export const conversationQuery = (id: string) => ({
  query: ConversationDocument,
  variables: { id, last: 50 },
});

/** The query of the page before a message. */
export const earlierQuery = (id: string, before: string | null) => ({
  query: ConversationDocument,
  variables: { id, last: 50, before },
});

/** A conversation in the list. */
export type ListedConversation =
  ConversationsQuery["conversations"]["nodes"][number];

/** An opened conversation, with messages. */
export type OpenConversation = NonNullable<ConversationQuery["conversation"]>;

/** A message, with the fields of every query and event. */
export type Message = MessageFieldsFragment;
