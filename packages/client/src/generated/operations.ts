import { documentOf } from "../typed-document.js";
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An opaque position in the stream of changes. Keep the newest one seen and hand it back as `after`. */
  Cursor: { input: string; output: string; }
  /** An instant by the server's clock: RFC 3339, UTC, milliseconds, e.g. `2026-11-21T09:30:00.123Z`. */
  DateTime: { input: string; output: string; }
};

export type AddParticipantsInput = {
  conversationId: Scalars['ID']['input'];
  userIds: Array<Scalars['ID']['input']>;
};

export type BulkMarkDeliveredInput = {
  conversationId: Scalars['ID']['input'];
  upToMessageId: Scalars['ID']['input'];
};

export type BulkMarkReadInput = {
  conversationId: Scalars['ID']['input'];
  upToMessageId: Scalars['ID']['input'];
};

export type CreateConversationInput = {
  /** Made by the client, unique per caller: makes a retry safe where no `id` is given. */
  clientId?: InputMaybe<Scalars['String']['input']>;
  /** The host app's own id for it; made by the server where absent. Creating the same id again with the same participants returns it. */
  id?: InputMaybe<Scalars['ID']['input']>;
  /** Users beside the caller. With a service token: all of them, the first one the owner. */
  participantIds: Array<Scalars['ID']['input']>;
  title?: InputMaybe<Scalars['String']['input']>;
};

export type DeleteMessageInput = {
  messageId: Scalars['ID']['input'];
};

export type MarkDeliveredInput = {
  messageId: Scalars['ID']['input'];
};

export type MarkReadInput = {
  messageId: Scalars['ID']['input'];
};

export type OverallStatus =
  /** Every recipient has it. */
  | 'DELIVERED'
  /** Some recipients have it, not all. */
  | 'PARTIAL'
  /** Every recipient has read it. */
  | 'READ'
  /** Stored; nobody has it yet. */
  | 'SENT';

export type ParticipantRole =
  | 'MEMBER'
  | 'OWNER';

export type ReceiptErrorCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND';

export type ReceiptInput = {
  kind: ReceiptKind;
  messageId: Scalars['ID']['input'];
  /** True: every message up to it as well. */
  upTo?: Scalars['Boolean']['input'];
};

export type ReceiptKind =
  | 'DELIVERED'
  | 'READ';

export type RecipientState =
  | 'DELIVERED'
  | 'PENDING'
  | 'READ';

export type RemoveParticipantInput = {
  conversationId: Scalars['ID']['input'];
  userId: Scalars['ID']['input'];
};

export type SendMessageInput = {
  /** At most 65,536 bytes of UTF-8. */
  body?: InputMaybe<Scalars['String']['input']>;
  /** Made by the client, unique per sender in a conversation, at most 128 characters: what makes a retry safe. */
  clientId: Scalars['String']['input'];
  conversationId: Scalars['ID']['input'];
  fileType?: InputMaybe<Scalars['String']['input']>;
  /** With a service token only: the user it is sent for. */
  senderId?: InputMaybe<Scalars['ID']['input']>;
  type?: Scalars['String']['input'];
};

export type SetReadReceiptsInput = {
  enabled: Scalars['Boolean']['input'];
};

export type SyncReceiptsInput = {
  receipts: Array<ReceiptInput>;
};

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { readReceipts?: boolean | null, unreadCount?: number | null, id: string, displayName?: string | null, avatarUrl?: string | null } };

export type ConversationsQueryVariables = Exact<{
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type ConversationsQuery = { conversations: { nodes: Array<{ id: string, title?: string | null, createdAt: string, cursor: string, unreadCount: number, lastMessage?: { id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, conversation: { id: string }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null }, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } } | null, participants: { totalCount: number, nodes: Array<{ id: string, role: ParticipantRole, isActive: boolean, joinedAt: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } }> }, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor?: string | null, endCursor?: string | null } } };

export type ConversationQueryVariables = Exact<{
  id: Scalars['ID']['input'];
  last?: Scalars['Int']['input'];
  before?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type ConversationQuery = { conversation?: { id: string, title?: string | null, createdAt: string, cursor: string, unreadCount: number, participants: { totalCount: number, nodes: Array<{ id: string, role: ParticipantRole, isActive: boolean, joinedAt: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } }> }, messages: { nodes: Array<{ id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, conversation: { id: string }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null }, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor?: string | null, endCursor?: string | null } }, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null } | null };

export type CreateConversationMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type CreateConversationMutation = { createConversation: { conversation: { id: string, title?: string | null, createdAt: string, cursor: string, unreadCount: number, participants: { totalCount: number, nodes: Array<{ id: string, role: ParticipantRole, isActive: boolean, joinedAt: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } }> }, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null } } };

export type AddParticipantsMutationVariables = Exact<{
  input: AddParticipantsInput;
}>;


export type AddParticipantsMutation = { addParticipants: { conversation: { id: string }, added: Array<{ id: string, role: ParticipantRole, isActive: boolean, joinedAt: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } }> } };

export type RemoveParticipantMutationVariables = Exact<{
  input: RemoveParticipantInput;
}>;


export type RemoveParticipantMutation = { removeParticipant: { conversation: { id: string } } };

export type SetReadReceiptsMutationVariables = Exact<{
  input: SetReadReceiptsInput;
}>;


export type SetReadReceiptsMutation = { setReadReceipts: { viewer: { id: string, readReceipts?: boolean | null } } };

export type UserFieldsFragment = { id: string, displayName?: string | null, avatarUrl?: string | null };

export type MessageStatusFieldsFragment = { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string };

export type MessageFieldsFragment = { id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, conversation: { id: string }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null }, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } };

export type ParticipantFieldsFragment = { id: string, role: ParticipantRole, isActive: boolean, joinedAt: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } };

export type RecipientStatusFieldsFragment = { id: string, state: RecipientState, statusText: string, deliveredAt?: string | null, readAt?: string | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } };

export type PageFieldsFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor?: string | null, endCursor?: string | null };

export type UnreadFieldsFragment = { id: string, unreadCount: number, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null };

export type StatusChangeFieldsFragment = { cursor: string, messageCount: number, reset: boolean, conversation: { id: string }, receipts: Array<{ kind: ReceiptKind, at: string, fromSeq: number, toSeq: number, participant: { id: string, deliveredUpToSeq: number, user: { id: string } } }>, messages: Array<{ id: string, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } }> };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { duplicate: boolean, message: { id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, conversation: { id: string }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null }, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } } } };

export type DeleteMessageMutationVariables = Exact<{
  input: DeleteMessageInput;
}>;


export type DeleteMessageMutation = { deleteMessage: { message: { id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, conversation: { id: string }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null }, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } } } };

export type MessageInfoQueryVariables = Exact<{
  id: Scalars['ID']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type MessageInfoQuery = { message?: { id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string, recipients: { totalCount: number, nodes: Array<{ id: string, state: RecipientState, statusText: string, deliveredAt?: string | null, readAt?: string | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor?: string | null, endCursor?: string | null } } }, conversation: { id: string }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null } } | null };

export type MessageAddedSubscriptionVariables = Exact<{
  conversationId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type MessageAddedSubscription = { messageAdded: { cursor: string, message: { id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, conversation: { id: string }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null }, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } } } };

export type InboxMessageAddedSubscriptionVariables = Exact<{
  after?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type InboxMessageAddedSubscription = { messageAdded: { cursor: string, message: { id: string, clientId: string, seq: number, body?: string | null, type: string, fileType?: string | null, sentAt: string, deletedAt?: string | null, conversation: { id: string, unreadCount: number, lastMessage?: { id: string } | null, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null }, sender: { id: string, displayName?: string | null, avatarUrl?: string | null }, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } } } };

export type MessageInfoChangedSubscriptionVariables = Exact<{
  conversationId: Scalars['ID']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type MessageInfoChangedSubscription = { messageStatusChanged: { cursor: string, reset: boolean, messages: Array<{ id: string, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string, recipients: { totalCount: number, nodes: Array<{ id: string, state: RecipientState, statusText: string, deliveredAt?: string | null, readAt?: string | null, user: { id: string, displayName?: string | null, avatarUrl?: string | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor?: string | null, endCursor?: string | null } } } }> } };

export type MarkDeliveredMutationVariables = Exact<{
  input: MarkDeliveredInput;
}>;


export type MarkDeliveredMutation = { markDelivered: { changed: boolean, cursor: string, message: { id: string, conversation: { id: string, unreadCount: number, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null } } } };

export type MarkReadMutationVariables = Exact<{
  input: MarkReadInput;
}>;


export type MarkReadMutation = { markRead: { changed: boolean, cursor: string, message: { id: string, conversation: { id: string, unreadCount: number, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null } } } };

export type BulkMarkDeliveredMutationVariables = Exact<{
  input: BulkMarkDeliveredInput;
}>;


export type BulkMarkDeliveredMutation = { bulkMarkDelivered: { changed: boolean, cursor: string, conversation: { id: string, unreadCount: number, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null } } };

export type BulkMarkReadMutationVariables = Exact<{
  input: BulkMarkReadInput;
}>;


export type BulkMarkReadMutation = { bulkMarkRead: { changed: boolean, cursor: string, conversation: { id: string, unreadCount: number, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null } } };

export type SyncReceiptsMutationVariables = Exact<{
  input: SyncReceiptsInput;
}>;


export type SyncReceiptsMutation = { syncReceipts: { results: Array<{ messageId: string, kind: ReceiptKind, changed: boolean, error?: ReceiptErrorCode | null }> } };

export type MessageStatusChangedSubscriptionVariables = Exact<{
  conversationId?: InputMaybe<Scalars['ID']['input']>;
  sentByViewer?: Scalars['Boolean']['input'];
  after?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type MessageStatusChangedSubscription = { messageStatusChanged: { cursor: string, messageCount: number, reset: boolean, conversation: { id: string }, receipts: Array<{ kind: ReceiptKind, at: string, fromSeq: number, toSeq: number, participant: { id: string, deliveredUpToSeq: number, user: { id: string } } }>, messages: Array<{ id: string, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } }> } };

export type InboxStatusChangedSubscriptionVariables = Exact<{
  after?: InputMaybe<Scalars['Cursor']['input']>;
}>;


export type InboxStatusChangedSubscription = { messageStatusChanged: { cursor: string, messageCount: number, reset: boolean, conversation: { id: string, unreadCount: number, viewerParticipant?: { id: string, deliveredUpToSeq: number, readUpToSeq?: number | null, user: { id: string, unreadCount?: number | null } } | null }, receipts: Array<{ kind: ReceiptKind, at: string, fromSeq: number, toSeq: number, participant: { id: string, deliveredUpToSeq: number, user: { id: string } } }>, messages: Array<{ id: string, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } }> } };

export type StatusChangesQueryVariables = Exact<{
  after: Scalars['Cursor']['input'];
  conversationId?: InputMaybe<Scalars['ID']['input']>;
  first?: Scalars['Int']['input'];
}>;


export type StatusChangesQuery = { statusChanges: { endCursor: string, hasNextPage: boolean, nodes: Array<{ cursor: string, messageCount: number, reset: boolean, conversation: { id: string }, receipts: Array<{ kind: ReceiptKind, at: string, fromSeq: number, toSeq: number, participant: { id: string, deliveredUpToSeq: number, user: { id: string } } }>, messages: Array<{ id: string, status: { id: string, overallStatus: OverallStatus, totalRecipients: number, deliveredCount: number, readCount: number, summaryText: string } }> }> } };

const UserFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"UserFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"User"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"displayName"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"avatarUrl"},"arguments":[],"directives":[]}]}};
const MessageStatusFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"MessageStatusFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageStatus"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"overallStatus"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"totalRecipients"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"deliveredCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"readCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"summaryText"},"arguments":[],"directives":[]}]}};
const MessageFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"MessageFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"clientId"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"seq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"body"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"type"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"fileType"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"sentAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"deletedAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"sender"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UserFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageStatusFields"},"directives":[]}]}}]}};
const ParticipantFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"ParticipantFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Participant"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"role"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"isActive"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"joinedAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"deliveredUpToSeq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"readUpToSeq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UserFields"},"directives":[]}]}}]}};
const RecipientStatusFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"RecipientStatusFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RecipientStatus"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"state"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"statusText"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"deliveredAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"readAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UserFields"},"directives":[]}]}}]}};
const PageFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"PageFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PageInfo"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"startCursor"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"endCursor"},"arguments":[],"directives":[]}]}};
const UnreadFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"UnreadFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Conversation"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"unreadCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"viewerParticipant"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"deliveredUpToSeq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"readUpToSeq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"unreadCount"},"arguments":[],"directives":[]}]}}]}}]}};
const StatusChangeFields = {"kind":"FragmentDefinition","name":{"kind":"Name","value":"StatusChangeFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageStatusChange"}},"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"receipts"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"at"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"fromSeq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"toSeq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"participant"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"deliveredUpToSeq"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"user"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"messageCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"messages"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageStatusFields"},"directives":[]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"reset"},"arguments":[],"directives":[]}]}};
export const ViewerDocument = /* @__PURE__ */ documentOf<ViewerQuery, ViewerQueryVariables>({"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Viewer"},"variableDefinitions":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UserFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"readReceipts"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"unreadCount"},"arguments":[],"directives":[]}]}}]}},UserFields);
export const ConversationsDocument = /* @__PURE__ */ documentOf<ConversationsQuery, ConversationsQueryVariables>({"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Conversations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"20"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversations"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"title"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"createdAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]},{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"lastMessage"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"participants"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ParticipantFields"},"directives":[]}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}},UserFields,MessageStatusFields,MessageFields,ParticipantFields,PageFields,UnreadFields);
export const ConversationDocument = /* @__PURE__ */ documentOf<ConversationQuery, ConversationQueryVariables>({"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Conversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"50"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"title"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"createdAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]},{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"participants"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ParticipantFields"},"directives":[]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"messages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}}]}},UserFields,MessageStatusFields,MessageFields,ParticipantFields,PageFields,UnreadFields);
export const CreateConversationDocument = /* @__PURE__ */ documentOf<CreateConversationMutation, CreateConversationMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateConversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateConversationInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"title"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"createdAt"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]},{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"participants"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ParticipantFields"},"directives":[]}]}}]}}]}}]}}]}},UserFields,ParticipantFields,UnreadFields);
export const AddParticipantsDocument = /* @__PURE__ */ documentOf<AddParticipantsMutation, AddParticipantsMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AddParticipants"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AddParticipantsInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"addParticipants"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"added"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ParticipantFields"},"directives":[]}]}}]}}]}},UserFields,ParticipantFields);
export const RemoveParticipantDocument = /* @__PURE__ */ documentOf<RemoveParticipantMutation, RemoveParticipantMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RemoveParticipant"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RemoveParticipantInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"removeParticipant"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}}]}}]}});
export const SetReadReceiptsDocument = /* @__PURE__ */ documentOf<SetReadReceiptsMutation, SetReadReceiptsMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetReadReceipts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetReadReceiptsInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setReadReceipts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"readReceipts"},"arguments":[],"directives":[]}]}}]}}]}});
export const SendMessageDocument = /* @__PURE__ */ documentOf<SendMessageMutation, SendMessageMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SendMessage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SendMessageInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sendMessage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"duplicate"},"arguments":[],"directives":[]}]}}]}},UserFields,MessageStatusFields,MessageFields);
export const DeleteMessageDocument = /* @__PURE__ */ documentOf<DeleteMessageMutation, DeleteMessageMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteMessage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteMessageInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteMessage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageFields"},"directives":[]}]}}]}}]}},UserFields,MessageStatusFields,MessageFields);
export const MessageInfoDocument = /* @__PURE__ */ documentOf<MessageInfoQuery, MessageInfoQueryVariables>({"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"MessageInfo"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"50"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"recipients"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"RecipientStatusFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}}]}}]}},UserFields,MessageStatusFields,MessageFields,RecipientStatusFields,PageFields);
export const MessageAddedDocument = /* @__PURE__ */ documentOf<MessageAddedSubscription, MessageAddedSubscriptionVariables>({"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MessageAdded"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageAdded"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"message"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageFields"},"directives":[]}]}}]}}]}},UserFields,MessageStatusFields,MessageFields);
export const InboxMessageAddedDocument = /* @__PURE__ */ documentOf<InboxMessageAddedSubscription, InboxMessageAddedSubscriptionVariables>({"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"InboxMessageAdded"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageAdded"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"message"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"lastMessage"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]}]}}]}}]}}]}}]}},UserFields,MessageStatusFields,MessageFields,UnreadFields);
export const MessageInfoChangedDocument = /* @__PURE__ */ documentOf<MessageInfoChangedSubscription, MessageInfoChangedSubscriptionVariables>({"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MessageInfoChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"50"},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageStatusChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"messages"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"status"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"MessageStatusFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"recipients"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"RecipientStatusFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PageFields"},"directives":[]}]}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"reset"},"arguments":[],"directives":[]}]}}]}},UserFields,MessageStatusFields,RecipientStatusFields,PageFields);
export const MarkDeliveredDocument = /* @__PURE__ */ documentOf<MarkDeliveredMutation, MarkDeliveredMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MarkDelivered"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"MarkDeliveredInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"markDelivered"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"changed"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]}]}}]}},UnreadFields);
export const MarkReadDocument = /* @__PURE__ */ documentOf<MarkReadMutation, MarkReadMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MarkRead"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"MarkReadInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"markRead"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"changed"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]}]}}]}},UnreadFields);
export const BulkMarkDeliveredDocument = /* @__PURE__ */ documentOf<BulkMarkDeliveredMutation, BulkMarkDeliveredMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"BulkMarkDelivered"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"BulkMarkDeliveredInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bulkMarkDelivered"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"changed"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]}]}}]}},UnreadFields);
export const BulkMarkReadDocument = /* @__PURE__ */ documentOf<BulkMarkReadMutation, BulkMarkReadMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"BulkMarkRead"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"BulkMarkReadInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bulkMarkRead"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"changed"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"cursor"},"arguments":[],"directives":[]}]}}]}},UnreadFields);
export const SyncReceiptsDocument = /* @__PURE__ */ documentOf<SyncReceiptsMutation, SyncReceiptsMutationVariables>({"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SyncReceipts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SyncReceiptsInput"}}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"syncReceipts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"results"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageId"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"kind"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"changed"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"error"},"arguments":[],"directives":[]}]}}]}}]}});
export const MessageStatusChangedDocument = /* @__PURE__ */ documentOf<MessageStatusChangedSubscription, MessageStatusChangedSubscriptionVariables>({"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MessageStatusChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"sentByViewer"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}},"defaultValue":{"kind":"BooleanValue","value":false},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageStatusChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"sentByViewer"},"value":{"kind":"Variable","name":{"kind":"Name","value":"sentByViewer"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"StatusChangeFields"},"directives":[]}]}}]}},MessageStatusFields,StatusChangeFields);
export const InboxStatusChangedDocument = /* @__PURE__ */ documentOf<InboxStatusChangedSubscription, InboxStatusChangedSubscriptionVariables>({"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"InboxStatusChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageStatusChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"StatusChangeFields"},"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"UnreadFields"},"directives":[]}]}}]}}]}},MessageStatusFields,UnreadFields,StatusChangeFields);
export const StatusChangesDocument = /* @__PURE__ */ documentOf<StatusChangesQuery, StatusChangesQueryVariables>({"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"StatusChanges"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}},"directives":[]},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},"defaultValue":{"kind":"IntValue","value":"100"},"directives":[]}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"statusChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[],"directives":[],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"StatusChangeFields"},"directives":[]}]}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"},"arguments":[],"directives":[]},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"},"arguments":[],"directives":[]}]}}]}},MessageStatusFields,StatusChangeFields);