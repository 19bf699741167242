import { documentOf, fragmentOf } from "../typed-document.js";
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

const UserFields = /* @__PURE__ */ fragmentOf("UserFields","User","id displayName avatarUrl");
const MessageStatusFields = /* @__PURE__ */ fragmentOf("MessageStatusFields","MessageStatus","id overallStatus totalRecipients deliveredCount readCount summaryText");
const MessageFields = /* @__PURE__ */ fragmentOf("MessageFields","Message","id clientId seq body type fileType sentAt deletedAt",["conversation",{},"id"],["sender",{},UserFields],["status",{},MessageStatusFields]);
const ParticipantFields = /* @__PURE__ */ fragmentOf("ParticipantFields","Participant","id role isActive joinedAt deliveredUpToSeq readUpToSeq",["user",{},UserFields]);
const RecipientStatusFields = /* @__PURE__ */ fragmentOf("RecipientStatusFields","RecipientStatus","id state statusText deliveredAt readAt",["user",{},UserFields]);
const PageFields = /* @__PURE__ */ fragmentOf("PageFields","PageInfo","hasNextPage hasPreviousPage startCursor endCursor");
const UnreadFields = /* @__PURE__ */ fragmentOf("UnreadFields","Conversation","id unreadCount",["viewerParticipant",{},"id deliveredUpToSeq readUpToSeq",["user",{},"id unreadCount"]]);
const StatusChangeFields = /* @__PURE__ */ fragmentOf("StatusChangeFields","MessageStatusChange","cursor",["conversation",{},"id"],["receipts",{},"kind at fromSeq toSeq",["participant",{},"id deliveredUpToSeq",["user",{},"id"]]],"messageCount",["messages",{},"id",["status",{},MessageStatusFields]],"reset");
export const ViewerDocument = /* @__PURE__ */ documentOf<ViewerQuery, ViewerQueryVariables>("query","Viewer",{},["viewer",{},UserFields,"readReceipts unreadCount"],UserFields);
export const ConversationsDocument = /* @__PURE__ */ documentOf<ConversationsQuery, ConversationsQueryVariables>("query","Conversations",{"first":["Int!",20],"after":["Cursor"]},["conversations",{"first":"first","after":"after"},["nodes",{},"id title createdAt cursor",UnreadFields,["lastMessage",{},MessageFields],["participants",{"first":10},"totalCount",["nodes",{},ParticipantFields]]],["pageInfo",{},PageFields]],UserFields,MessageStatusFields,MessageFields,ParticipantFields,PageFields,UnreadFields);
export const ConversationDocument = /* @__PURE__ */ documentOf<ConversationQuery, ConversationQueryVariables>("query","Conversation",{"id":["ID!"],"last":["Int!",50],"before":["Cursor"]},["conversation",{"id":"id"},"id title createdAt cursor",UnreadFields,["participants",{"first":100},"totalCount",["nodes",{},ParticipantFields]],["messages",{"last":"last","before":"before"},["nodes",{},MessageFields],["pageInfo",{},PageFields]]],UserFields,MessageStatusFields,MessageFields,ParticipantFields,PageFields,UnreadFields);
export const CreateConversationDocument = /* @__PURE__ */ documentOf<CreateConversationMutation, CreateConversationMutationVariables>("mutation","CreateConversation",{"input":["CreateConversationInput!"]},["createConversation",{"input":"input"},["conversation",{},"id title createdAt cursor",UnreadFields,["participants",{"first":100},"totalCount",["nodes",{},ParticipantFields]]]],UserFields,ParticipantFields,UnreadFields);
export const AddParticipantsDocument = /* @__PURE__ */ documentOf<AddParticipantsMutation, AddParticipantsMutationVariables>("mutation","AddParticipants",{"input":["AddParticipantsInput!"]},["addParticipants",{"input":"input"},["conversation",{},"id"],["added",{},ParticipantFields]],UserFields,ParticipantFields);
export const RemoveParticipantDocument = /* @__PURE__ */ documentOf<RemoveParticipantMutation, RemoveParticipantMutationVariables>("mutation","RemoveParticipant",{"input":["RemoveParticipantInput!"]},["removeParticipant",{"input":"input"},["conversation",{},"id"]]);
export const SetReadReceiptsDocument = /* @__PURE__ */ documentOf<SetReadReceiptsMutation, SetReadReceiptsMutationVariables>("mutation","SetReadReceipts",{"input":["SetReadReceiptsInput!"]},["setReadReceipts",{"input":"input"},["viewer",{},"id readReceipts"]]);
export const SendMessageDocument = /* @__PURE__ */ documentOf<SendMessageMutation, SendMessageMutationVariables>("mutation","SendMessage",{"input":["SendMessageInput!"]},["sendMessage",{"input":"input"},["message",{},MessageFields],"duplicate"],UserFields,MessageStatusFields,MessageFields);
export const DeleteMessageDocument = /* @__PURE__ */ documentOf<DeleteMessageMutation, DeleteMessageMutationVariables>("mutation","DeleteMessage",{"input":["DeleteMessageInput!"]},["deleteMessage",{"input":"input"},["message",{},MessageFields]],UserFields,MessageStatusFields,MessageFields);
export const MessageInfoDocument = /* @__PURE__ */ documentOf<MessageInfoQuery, MessageInfoQueryVariables>("query","MessageInfo",{"id":["ID!"],"first":["Int!",50],"after":["Cursor"]},["message",{"id":"id"},MessageFields,["status",{},"id",["recipients",{"first":"first","after":"after"},"totalCount",["nodes",{},RecipientStatusFields],["pageInfo",{},PageFields]]]],UserFields,MessageStatusFields,MessageFields,RecipientStatusFields,PageFields);
export const MessageAddedDocument = /* @__PURE__ */ documentOf<MessageAddedSubscription, MessageAddedSubscriptionVariables>("subscription","MessageAdded",{"conversationId":["ID"],"after":["Cursor"]},["messageAdded",{"conversationId":"conversationId","after":"after"},"cursor",["message",{},MessageFields]],UserFields,MessageStatusFields,MessageFields);
export const InboxMessageAddedDocument = /* @__PURE__ */ documentOf<InboxMessageAddedSubscription, InboxMessageAddedSubscriptionVariables>("subscription","InboxMessageAdded",{"after":["Cursor"]},["messageAdded",{"after":"after"},"cursor",["message",{},MessageFields,["conversation",{},UnreadFields,["lastMessage",{},"id"]]]],UserFields,MessageStatusFields,MessageFields,UnreadFields);
export const MessageInfoChangedDocument = /* @__PURE__ */ documentOf<MessageInfoChangedSubscription, MessageInfoChangedSubscriptionVariables>("subscription","MessageInfoChanged",{"conversationId":["ID!"],"first":["Int!",50],"after":["Cursor"]},["messageStatusChanged",{"conversationId":"conversationId","after":"after"},"cursor",["messages",{},"id",["status",{},MessageStatusFields,["recipients",{"first":"first"},"totalCount",["nodes",{},RecipientStatusFields],["pageInfo",{},PageFields]]]],"reset"],UserFields,MessageStatusFields,RecipientStatusFields,PageFields);
export const MarkDeliveredDocument = /* @__PURE__ */ documentOf<MarkDeliveredMutation, MarkDeliveredMutationVariables>("mutation","MarkDelivered",{"input":["MarkDeliveredInput!"]},["markDelivered",{"input":"input"},["message",{},"id",["conversation",{},UnreadFields]],"changed cursor"],UnreadFields);
export const MarkReadDocument = /* @__PURE__ */ documentOf<MarkReadMutation, MarkReadMutationVariables>("mutation","MarkRead",{"input":["MarkReadInput!"]},["markRead",{"input":"input"},["message",{},"id",["conversation",{},UnreadFields]],"changed cursor"],UnreadFields);
export const BulkMarkDeliveredDocument = /* @__PURE__ */ documentOf<BulkMarkDeliveredMutation, BulkMarkDeliveredMutationVariables>("mutation","BulkMarkDelivered",{"input":["BulkMarkDeliveredInput!"]},["bulkMarkDelivered",{"input":"input"},["conversation",{},UnreadFields],"changed cursor"],UnreadFields);
export const BulkMarkReadDocument = /* @__PURE__ */ documentOf<BulkMarkReadMutation, BulkMarkReadMutationVariables>("mutation","BulkMarkRead",{"input":["BulkMarkReadInput!"]},["bulkMarkRead",{"input":"input"},["conversation",{},UnreadFields],"changed cursor"],UnreadFields);
export const SyncReceiptsDocument = /* @__PURE__ */ documentOf<SyncReceiptsMutation, SyncReceiptsMutationVariables>("mutation","SyncReceipts",{"input":["SyncReceiptsInput!"]},["syncReceipts",{"input":"input"},["results",{},"messageId kind changed error"]]);
export const MessageStatusChangedDocument = /* @__PURE__ */ documentOf<MessageStatusChangedSubscription, MessageStatusChangedSubscriptionVariables>("subscription","MessageStatusChanged",{"conversationId":["ID"],"sentByViewer":["Boolean!",false],"after":["Cursor"]},["messageStatusChanged",{"conversationId":"conversationId","sentByViewer":"sentByViewer","after":"after"},StatusChangeFields],MessageStatusFields,StatusChangeFields);
export const InboxStatusChangedDocument = /* @__PURE__ */ documentOf<InboxStatusChangedSubscription, InboxStatusChangedSubscriptionVariables>("subscription","InboxStatusChanged",{"after":["Cursor"]},["messageStatusChanged",{"after":"after"},StatusChangeFields,["conversation",{},UnreadFields]],MessageStatusFields,UnreadFields,StatusChangeFields);
export const StatusChangesDocument = /* @__PURE__ */ documentOf<StatusChangesQuery, StatusChangesQueryVariables>("query","StatusChanges",{"after":["Cursor!"],"conversationId":["ID"],"first":["Int!",100]},["statusChanges",{"after":"after","conversationId":"conversationId","first":"first"},["nodes",{},StatusChangeFields],"endCursor hasNextPage"],MessageStatusFields,StatusChangeFields);
