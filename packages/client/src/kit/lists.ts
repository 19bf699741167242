import {
  ConversationDocument,
  ConversationsDocument,
  MessageInfoDocument,
  ViewerDocument,
  type ConversationsQuery,
  type MessageFieldsFragment,
  type RecipientStatusFieldsFragment,
} from "../generated/operations.js";
import type { Acked } from "./acked.js";
import { listSize } from "./inbox.js";
import { createPagedList, type PagedList } from "./pages.js";
import { pageSize } from "./source.js";

/** A conversation of the list. */
export type Conversation = ConversationsQuery["conversations"]["nodes"][number];

/** A message with its sender and its status. */
export type Message = MessageFieldsFragment;

/** What became of a message for one recipient. */
export type Recipient = RecipientStatusFieldsFragment;

/** The user's conversations, the most recently active first. */
export function conversationList(acked: Acked): PagedList<Conversation> {
  return createPagedList({
    ...acked,
    document: ConversationsDocument,
    variables: { first: listSize },
    pageOf({ conversations: { nodes, pageInfo } }) {
      const { hasNextPage, endCursor } = pageInfo;
      return { nodes, next: hasNextPage ? { after: endCursor } : null };
    },
    compare: (a, b) => activeAt(b).localeCompare(activeAt(a)),
  });
}

const activeAt = ({ lastMessage, createdAt }: Conversation) =>
  lastMessage?.sentAt ?? createdAt;

/** The messages of a conversation, oldest first; the first page is the newest one. */
export function messageList(acked: Acked, id: string): PagedList<Message> {
  return createPagedList({
    ...acked,
    document: ConversationDocument,
    variables: { id, last: pageSize },
    pageOf({ conversation }) {
      const { nodes = [], pageInfo } = conversation?.messages ?? {};
      return {
        nodes,
        next: pageInfo?.hasPreviousPage
          ? { before: pageInfo.startCursor }
          : null,
      };
    },
    compare: (a, b) => a.seq - b.seq,
  });
}

/** The recipients of a message, in pages as the server orders them. */
export function recipientList(acked: Acked, id: string): PagedList<Recipient> {
  return createPagedList({
    ...acked,
    document: MessageInfoDocument,
    variables: { id, first: pageSize },
    pageOf({ message }) {
      const { nodes = [], pageInfo } = message?.status.recipients ?? {};
      return {
        nodes,
        next: pageInfo?.hasNextPage ? { after: pageInfo.endCursor } : null,
      };
    },
    compare: () => 0,
  });
}

/** The badge over all conversations, as a list of one. */
export function badge(acked: Acked): PagedList<{ id: string; unread: number }> {
  return createPagedList({
    ...acked,
    document: ViewerDocument,
    variables: {},
    pageOf: ({ viewer }) => ({
      nodes: [{ id: viewer.id, unread: viewer.unreadCount ?? 0 }],
      next: null,
    }),
    compare: () => 0,
  });
}
