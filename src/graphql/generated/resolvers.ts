import type { ReceiptKind } from "../../domain/receipts/receipt.js";
import type { RecipientState } from "../../domain/receipts/receipt.js";
import type { OverallStatus } from "../../domain/receipts/receipt.js";
import type { ParticipantRole } from "../../domain/conversations/participant.js";
import type { Participation } from "../../domain/conversations/participant.js";
import type { ReceiptPolicy } from "../../domain/conversations/receipt-policy.js";
import type {
  GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLScalarTypeConfig,
} from "graphql";
import type {
  UserModel,
  ConversationModel,
  ParticipantModel,
  MessageModel,
  StatusModel,
  MessageAddedModel,
} from "../models.js";
import type { RecipientRow } from "../../domain/receipts/status.js";
import type { SeenReceipt, SeenChange } from "../../stream/visible-change.js";
import type { Context } from "../context.js";
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = {
  [K in keyof T]: T[K];
};
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & {
  [SubKey in K]?: Maybe<T[SubKey]>;
};
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & {
  [SubKey in K]: Maybe<T[SubKey]>;
};
export type MakeEmpty<
  T extends { [key: string]: unknown },
  K extends keyof T,
> = { [_ in K]?: never };
export type Incremental<T> =
  | T
  | {
      [P in keyof T]?: P extends " $fragmentName" | "__typename" ? T[P] : never;
    };
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & {
  [P in K]-?: NonNullable<T[P]>;
};
export type EnumResolverSignature<T, AllowedValues = any> = {
  [key in keyof T]?: AllowedValues;
};
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string };
  String: { input: string; output: string };
  Boolean: { input: boolean; output: boolean };
  Int: { input: number; output: number };
  Float: { input: number; output: number };
  /** An opaque position in the stream of changes. Keep the newest one seen and hand it back as `after`. */
  Cursor: { input: string; output: string };
  /** An instant by the server's clock: RFC 3339, UTC, milliseconds, e.g. `2026-11-21T09:30:00.123Z`. */
  DateTime: { input: string; output: string };
};

export type AddParticipantsInput = {
  readonly conversationId: Scalars["ID"]["input"];
  readonly participation?: Participation;
  readonly userIds: ReadonlyArray<Scalars["ID"]["input"]>;
};

export type AddParticipantsPayload = {
  readonly __typename?: "AddParticipantsPayload";
  readonly added: ReadonlyArray<Participant>;
  readonly conversation: Conversation;
};

/** What an app's icon shows: muted conversations add only their mentions. */
export type Badge = {
  readonly __typename?: "Badge";
  /** Conversations that add to `unreadCount`. */
  readonly unreadConversationCount: Scalars["Int"]["output"];
  /** Unread messages in conversations that aren't muted, and unread mentions in those that are. */
  readonly unreadCount: Scalars["Int"]["output"];
  /** Unread messages that mention the user, muted or not. */
  readonly unreadMentionCount: Scalars["Int"]["output"];
};

export type BulkMarkDeliveredInput = {
  readonly conversationId: Scalars["ID"]["input"];
  readonly upToMessageId: Scalars["ID"]["input"];
};

export type BulkMarkDeliveredPayload = {
  readonly __typename?: "BulkMarkDeliveredPayload";
  readonly changed: Scalars["Boolean"]["output"];
  readonly conversation: Conversation;
  readonly cursor: Scalars["Cursor"]["output"];
};

export type BulkMarkReadInput = {
  readonly conversationId: Scalars["ID"]["input"];
  /** As in `MarkReadInput`. */
  readonly seen?: InputMaybe<Scalars["Cursor"]["input"]>;
  readonly upToMessageId: Scalars["ID"]["input"];
};

export type BulkMarkReadPayload = {
  readonly __typename?: "BulkMarkReadPayload";
  readonly changed: Scalars["Boolean"]["output"];
  readonly conversation: Conversation;
  readonly cursor: Scalars["Cursor"]["output"];
};

export type Conversation = {
  readonly __typename?: "Conversation";
  readonly createdAt: Scalars["DateTime"]["output"];
  /** Where this conversation's stream of changes stands now: read it with the state, then subscribe `after` it. */
  readonly cursor: Scalars["Cursor"]["output"];
  /** The oldest unread message: where to open the conversation. Null where all is read. */
  readonly firstUnread: Maybe<Message>;
  readonly id: Scalars["ID"]["output"];
  readonly lastMessage: Maybe<Message>;
  /** Oldest to newest. `last`/`before` page back from the newest; `first`/`after` page forward. */
  readonly messages: MessageConnection;
  /** Until when the caller has muted it; null where it isn't muted. A time far off stands for always. */
  readonly mutedUntil: Maybe<Scalars["DateTime"]["output"]>;
  readonly participants: ParticipantConnection;
  /** What of receipts is kept and shown for messages sent from now on. */
  readonly receiptPolicy: ReceiptPolicy;
  readonly title: Maybe<Scalars["String"]["output"]>;
  /** Messages by others, sent while the caller was in the conversation, that the caller has not read. */
  readonly unreadCount: Scalars["Int"]["output"];
  /** Of the unread messages, those that mention the caller. */
  readonly unreadMentionCount: Scalars["Int"]["output"];
  /** The caller's own membership. */
  readonly viewerParticipant: Maybe<Participant>;
};

export type ConversationMessagesArgs = {
  after: InputMaybe<Scalars["Cursor"]["input"]>;
  before: InputMaybe<Scalars["Cursor"]["input"]>;
  first: InputMaybe<Scalars["Int"]["input"]>;
  last: InputMaybe<Scalars["Int"]["input"]>;
};

export type ConversationParticipantsArgs = {
  after: InputMaybe<Scalars["Cursor"]["input"]>;
  first?: Scalars["Int"]["input"];
};

export type ConversationConnection = {
  readonly __typename?: "ConversationConnection";
  readonly edges: ReadonlyArray<ConversationEdge>;
  readonly nodes: ReadonlyArray<Conversation>;
  readonly pageInfo: PageInfo;
};

export type ConversationEdge = {
  readonly __typename?: "ConversationEdge";
  readonly cursor: Scalars["Cursor"]["output"];
  readonly node: Conversation;
};

export type CreateConversationInput = {
  /** Made by the client, unique per caller: makes a retry safe where no `id` is given. */
  readonly clientId?: InputMaybe<Scalars["String"]["input"]>;
  /** The host app's own id for it; made by the server where absent. Creating the same id again with the same participants returns it. */
  readonly id?: InputMaybe<Scalars["ID"]["input"]>;
  /** Those who are nobody's recipients. */
  readonly observerIds?: ReadonlyArray<Scalars["ID"]["input"]>;
  /** Users beside the caller. With a service token: all of them, the first one the owner. */
  readonly participantIds: ReadonlyArray<Scalars["ID"]["input"]>;
  readonly receiptPolicy?: ReceiptPolicy;
  readonly title?: InputMaybe<Scalars["String"]["input"]>;
};

export type CreateConversationPayload = {
  readonly __typename?: "CreateConversationPayload";
  readonly conversation: Conversation;
};

export type DeactivateUserInput = {
  readonly userId: Scalars["ID"]["input"];
};

export type DeactivateUserPayload = {
  readonly __typename?: "DeactivateUserPayload";
  /** The conversations that this call took the user out of. */
  readonly conversationCount: Scalars["Int"]["output"];
};

export type DeleteMessageInput = {
  readonly messageId: Scalars["ID"]["input"];
};

export type DeleteMessagePayload = {
  readonly __typename?: "DeleteMessagePayload";
  readonly message: Message;
};

export type EraseUserInput = {
  readonly userId: Scalars["ID"]["input"];
};

export type EraseUserPayload = {
  readonly __typename?: "EraseUserPayload";
  /** The conversations in which this call forgot the user. */
  readonly conversationCount: Scalars["Int"]["output"];
  /** The user's messages that this call blanked. */
  readonly messageCount: Scalars["Int"]["output"];
};

export type MarkDeliveredInput = {
  readonly messageId: Scalars["ID"]["input"];
};

export type MarkDeliveredPayload = {
  readonly __typename?: "MarkDeliveredPayload";
  /** False where the message already had this status for the caller, or the caller sent it. */
  readonly changed: Scalars["Boolean"]["output"];
  readonly cursor: Scalars["Cursor"]["output"];
  readonly message: Message;
};

export type MarkReadInput = {
  readonly messageId: Scalars["ID"]["input"];
  /** The newest cursor of the conversation that the device had when the user read it: what was marked as unread after it stays unread. */
  readonly seen?: InputMaybe<Scalars["Cursor"]["input"]>;
};

export type MarkReadPayload = {
  readonly __typename?: "MarkReadPayload";
  /** False where the message already had this status for the caller, or the caller sent it. */
  readonly changed: Scalars["Boolean"]["output"];
  readonly cursor: Scalars["Cursor"]["output"];
  readonly message: Message;
};

export type MarkUnreadInput = {
  readonly conversationId: Scalars["ID"]["input"];
  /** The first message that shows as unread; where absent, the newest one by another. */
  readonly fromMessageId?: InputMaybe<Scalars["ID"]["input"]>;
};

export type MarkUnreadPayload = {
  readonly __typename?: "MarkUnreadPayload";
  readonly conversation: Conversation;
  readonly cursor: Scalars["Cursor"]["output"];
};

export type Message = {
  readonly __typename?: "Message";
  /** Null once deleted, and where the sender gave none (an app that keeps bodies elsewhere, or encrypts them). */
  readonly body: Maybe<Scalars["String"]["output"]>;
  /** The sender's own id for it, unique per sender in a conversation. */
  readonly clientId: Scalars["String"]["output"];
  readonly conversation: Conversation;
  /** False for what should not wake anybody: 'Alice joined'. It has receipts, but never counts as unread. */
  readonly countsAsUnread: Scalars["Boolean"]["output"];
  readonly deletedAt: Maybe<Scalars["DateTime"]["output"]>;
  readonly fileType: Maybe<Scalars["String"]["output"]>;
  /** Opaque. */
  readonly id: Scalars["ID"]["output"];
  /** Whether it shows as unread to the caller; false for the caller's own. */
  readonly isUnread: Scalars["Boolean"]["output"];
  /** Whether it mentions the caller. */
  readonly mentionsViewer: Scalars["Boolean"]["output"];
  readonly sender: User;
  readonly sentAt: Scalars["DateTime"]["output"];
  /** Position in the conversation: 1, 2, 3, … without gaps. */
  readonly seq: Scalars["Int"]["output"];
  readonly status: MessageStatus;
  /** What kind of content it is, as the sending app calls it; `text` unless said. */
  readonly type: Scalars["String"]["output"];
};

export type MessageAdded = {
  readonly __typename?: "MessageAdded";
  readonly cursor: Scalars["Cursor"]["output"];
  readonly message: Message;
};

export type MessageConnection = {
  readonly __typename?: "MessageConnection";
  readonly edges: ReadonlyArray<MessageEdge>;
  readonly nodes: ReadonlyArray<Message>;
  readonly pageInfo: PageInfo;
};

export type MessageEdge = {
  readonly __typename?: "MessageEdge";
  readonly cursor: Scalars["Cursor"]["output"];
  readonly node: Message;
};

/** The aggregate over a message's recipients: those in the conversation now who were in it when the message was sent, without its sender. */
export type MessageStatus = {
  readonly __typename?: "MessageStatus";
  readonly deliveredCount: Scalars["Int"]["output"];
  /** The message's id: normalized caches merge by it. */
  readonly id: Scalars["ID"]["output"];
  readonly overallStatus: OverallStatus;
  readonly readCount: Scalars["Int"]["output"];
  /** The policy that the message was sent under. */
  readonly receiptPolicy: ReceiptPolicy;
  /** Recipients by user id; `state` keeps those in exactly that state. */
  readonly recipients: RecipientStatusConnection;
  /** For display, in English: `Sent`, `Delivered`, `Read`; in groups `Delivered to 2 of 5`, `Delivered to all`, `Read by 2 of 5`, `Read by all`. */
  readonly summaryText: Scalars["String"]["output"];
  readonly totalRecipients: Scalars["Int"]["output"];
};

/** The aggregate over a message's recipients: those in the conversation now who were in it when the message was sent, without its sender. */
export type MessageStatusRecipientsArgs = {
  after: InputMaybe<Scalars["Cursor"]["input"]>;
  first?: Scalars["Int"]["input"];
  state: InputMaybe<RecipientState>;
};

export type MessageStatusChange = {
  readonly __typename?: "MessageStatusChange";
  readonly conversation: Conversation;
  /** Resume from here. */
  readonly cursor: Scalars["Cursor"]["output"];
  /** How many messages changed for someone. */
  readonly messageCount: Scalars["Int"]["output"];
  /** The newest of the messages that changed, newest first, each with its aggregate status as of this change or later. */
  readonly messages: ReadonlyArray<Message>;
  /** Per recipient: what was newly acknowledged. Empty where the change came from someone leaving or a message being deleted. */
  readonly receipts: ReadonlyArray<Receipt>;
  /** True where `after` was too old to tell what changed: read the state anew. */
  readonly reset: Scalars["Boolean"]["output"];
};

export type MessageStatusChangeMessagesArgs = {
  last?: Scalars["Int"]["input"];
};

export type Mutation = {
  readonly __typename?: "Mutation";
  readonly addParticipants: AddParticipantsPayload;
  /** The caller's device holds every message up to and including `upToMessageId`. */
  readonly bulkMarkDelivered: BulkMarkDeliveredPayload;
  /** The caller has seen every message up to and including `upToMessageId`. Costs the same for ten messages as for a million. */
  readonly bulkMarkRead: BulkMarkReadPayload;
  readonly createConversation: CreateConversationPayload;
  /** Service tokens: takes the user out of every conversation, as if removed from each. Repeatable. */
  readonly deactivateUser: DeactivateUserPayload;
  /** Blanks a message for everyone. Only its sender may. */
  readonly deleteMessage: DeleteMessagePayload;
  /** Service tokens: forgets everything about a user. Repeatable; not to be undone. */
  readonly eraseUser: EraseUserPayload;
  /** The caller's device holds this message. */
  readonly markDelivered: MarkDeliveredPayload;
  /** The caller has seen this message; read implies delivered. No other message is affected. */
  readonly markRead: MarkReadPayload;
  /** For the caller alone: from this message on, messages show as unread again. Nobody else sees a difference. */
  readonly markUnread: MarkUnreadPayload;
  /** For the caller alone: a muted conversation adds nothing to the badge but its mentions. */
  readonly muteConversation: MuteConversationPayload;
  /** Service tokens: brings a deactivated user back into the conversations that they were taken out of. */
  readonly reactivateUser: ReactivateUserPayload;
  /** Removes someone, or yourself, from a conversation. */
  readonly removeParticipant: RemoveParticipantPayload;
  /** Stores a message once. Sending the same `clientId` again returns the stored message with `duplicate: true`. */
  readonly sendMessage: SendMessagePayload;
  /** Makes a participant a recipient or an observer. Owners and service tokens. */
  readonly setParticipation: SetParticipationPayload;
  /** Whether others may see what the caller reads from now on. Someone who hides it sees nobody else's either. */
  readonly setReadReceipts: SetReadReceiptsPayload;
  /** A device's queue of marks made offline, at most 500. Each is answered for itself: a bad one spoils no other, and a repeated one changes nothing. */
  readonly syncReceipts: SyncReceiptsPayload;
  /** Title and receipt policy. Owners and service tokens. */
  readonly updateConversation: UpdateConversationPayload;
};

export type MutationAddParticipantsArgs = {
  input: AddParticipantsInput;
};

export type MutationBulkMarkDeliveredArgs = {
  input: BulkMarkDeliveredInput;
};

export type MutationBulkMarkReadArgs = {
  input: BulkMarkReadInput;
};

export type MutationCreateConversationArgs = {
  input: CreateConversationInput;
};

export type MutationDeactivateUserArgs = {
  input: DeactivateUserInput;
};

export type MutationDeleteMessageArgs = {
  input: DeleteMessageInput;
};

export type MutationEraseUserArgs = {
  input: EraseUserInput;
};

export type MutationMarkDeliveredArgs = {
  input: MarkDeliveredInput;
};

export type MutationMarkReadArgs = {
  input: MarkReadInput;
};

export type MutationMarkUnreadArgs = {
  input: MarkUnreadInput;
};

export type MutationMuteConversationArgs = {
  input: MuteConversationInput;
};

export type MutationReactivateUserArgs = {
  input: ReactivateUserInput;
};

export type MutationRemoveParticipantArgs = {
  input: RemoveParticipantInput;
};

export type MutationSendMessageArgs = {
  input: SendMessageInput;
};

export type MutationSetParticipationArgs = {
  input: SetParticipationInput;
};

export type MutationSetReadReceiptsArgs = {
  input: SetReadReceiptsInput;
};

export type MutationSyncReceiptsArgs = {
  input: SyncReceiptsInput;
};

export type MutationUpdateConversationArgs = {
  input: UpdateConversationInput;
};

export type MuteConversationInput = {
  readonly conversationId: Scalars["ID"]["input"];
  /** Null: not muted. */
  readonly until?: InputMaybe<Scalars["DateTime"]["input"]>;
};

export type MuteConversationPayload = {
  readonly __typename?: "MuteConversationPayload";
  readonly conversation: Conversation;
};

export type { OverallStatus };

export type PageInfo = {
  readonly __typename?: "PageInfo";
  readonly endCursor: Maybe<Scalars["Cursor"]["output"]>;
  readonly hasNextPage: Scalars["Boolean"]["output"];
  readonly hasPreviousPage: Scalars["Boolean"]["output"];
  readonly startCursor: Maybe<Scalars["Cursor"]["output"]>;
};

export type Participant = {
  readonly __typename?: "Participant";
  /** Every message up to this `seq` that was for them, and that the caller may see, has been delivered to them. */
  readonly deliveredUpToSeq: Scalars["Int"]["output"];
  readonly id: Scalars["ID"]["output"];
  readonly isActive: Scalars["Boolean"]["output"];
  readonly joinedAt: Scalars["DateTime"]["output"];
  readonly participation: Participation;
  /** Every message up to this `seq` that was for them, and that the caller may see, has been read by them; null where it is not the caller's to see. */
  readonly readUpToSeq: Maybe<Scalars["Int"]["output"]>;
  readonly role: ParticipantRole;
  readonly user: User;
};

export type ParticipantConnection = {
  readonly __typename?: "ParticipantConnection";
  readonly edges: ReadonlyArray<ParticipantEdge>;
  readonly nodes: ReadonlyArray<Participant>;
  readonly pageInfo: PageInfo;
  readonly totalCount: Scalars["Int"]["output"];
};

export type ParticipantEdge = {
  readonly __typename?: "ParticipantEdge";
  readonly cursor: Scalars["Cursor"]["output"];
  readonly node: Participant;
};

export type { ParticipantRole };

export type { Participation };

export type Query = {
  readonly __typename?: "Query";
  /** A conversation that the caller takes part in; null when there is none by that id that the caller may see. */
  readonly conversation: Maybe<Conversation>;
  /** The caller's conversations, the most recently active first. */
  readonly conversations: ConversationConnection;
  /** A message that the caller may see, else null. */
  readonly message: Maybe<Message>;
  /** Everything that changed in message status after `after`, without a socket: for clients that were offline. State is merged, so one change can stand for many. */
  readonly statusChanges: StatusChangePage;
  /** The caller. */
  readonly viewer: User;
};

export type QueryConversationArgs = {
  id: Scalars["ID"]["input"];
};

export type QueryConversationsArgs = {
  after: InputMaybe<Scalars["Cursor"]["input"]>;
  first?: Scalars["Int"]["input"];
};

export type QueryMessageArgs = {
  id: Scalars["ID"]["input"];
};

export type QueryStatusChangesArgs = {
  after: Scalars["Cursor"]["input"];
  conversationId: InputMaybe<Scalars["ID"]["input"]>;
  first?: Scalars["Int"]["input"];
};

export type ReactivateUserInput = {
  readonly userId: Scalars["ID"]["input"];
};

export type ReactivateUserPayload = {
  readonly __typename?: "ReactivateUserPayload";
  /** The conversations that this call brought the user back into. */
  readonly conversationCount: Scalars["Int"]["output"];
};

/** One recipient's acknowledgement of a run of messages. */
export type Receipt = {
  readonly __typename?: "Receipt";
  readonly at: Scalars["DateTime"]["output"];
  readonly fromSeq: Scalars["Int"]["output"];
  readonly kind: ReceiptKind;
  readonly participant: Participant;
  readonly toSeq: Scalars["Int"]["output"];
};

export type ReceiptErrorCode = "BAD_USER_INPUT" | "NOT_FOUND";

export type ReceiptInput = {
  readonly kind: ReceiptKind;
  readonly messageId: Scalars["ID"]["input"];
  /** As in `MarkReadInput`. */
  readonly seen?: InputMaybe<Scalars["Cursor"]["input"]>;
  /** True: every message up to it as well. */
  readonly upTo?: Scalars["Boolean"]["input"];
};

export type { ReceiptKind };

export type { ReceiptPolicy };

export type ReceiptResult = {
  readonly __typename?: "ReceiptResult";
  readonly changed: Scalars["Boolean"]["output"];
  /** Null where it was accepted. */
  readonly error: Maybe<ReceiptErrorCode>;
  readonly kind: ReceiptKind;
  readonly messageId: Scalars["ID"]["output"];
};

export type { RecipientState };

export type RecipientStatus = {
  readonly __typename?: "RecipientStatus";
  readonly deliveredAt: Maybe<Scalars["DateTime"]["output"]>;
  readonly id: Scalars["ID"]["output"];
  readonly readAt: Maybe<Scalars["DateTime"]["output"]>;
  readonly state: RecipientState;
  /** `Pending`, `Delivered` or `Read`. */
  readonly statusText: Scalars["String"]["output"];
  readonly user: User;
};

export type RecipientStatusConnection = {
  readonly __typename?: "RecipientStatusConnection";
  readonly edges: ReadonlyArray<RecipientStatusEdge>;
  readonly nodes: ReadonlyArray<RecipientStatus>;
  readonly pageInfo: PageInfo;
  readonly totalCount: Scalars["Int"]["output"];
};

export type RecipientStatusEdge = {
  readonly __typename?: "RecipientStatusEdge";
  readonly cursor: Scalars["Cursor"]["output"];
  readonly node: RecipientStatus;
};

export type RemoveParticipantInput = {
  readonly conversationId: Scalars["ID"]["input"];
  readonly userId: Scalars["ID"]["input"];
};

export type RemoveParticipantPayload = {
  readonly __typename?: "RemoveParticipantPayload";
  readonly conversation: Conversation;
};

export type SendMessageInput = {
  /** At most 65,536 bytes of UTF-8. */
  readonly body?: InputMaybe<Scalars["String"]["input"]>;
  /** Made by the client, unique per sender in a conversation, at most 128 characters: what makes a retry safe. */
  readonly clientId: Scalars["String"]["input"];
  readonly conversationId: Scalars["ID"]["input"];
  readonly countsAsUnread?: Scalars["Boolean"]["input"];
  readonly fileType?: InputMaybe<Scalars["String"]["input"]>;
  /** Participants whom it mentions, at most 100; the app says so, bodies are not parsed. */
  readonly mentionedUserIds?: ReadonlyArray<Scalars["ID"]["input"]>;
  /** Mentions every recipient. */
  readonly mentionsAll?: Scalars["Boolean"]["input"];
  /** With a service token only: the user it is sent for. */
  readonly senderId?: InputMaybe<Scalars["ID"]["input"]>;
  readonly type?: Scalars["String"]["input"];
};

export type SendMessagePayload = {
  readonly __typename?: "SendMessagePayload";
  readonly duplicate: Scalars["Boolean"]["output"];
  readonly message: Message;
};

export type SetParticipationInput = {
  readonly conversationId: Scalars["ID"]["input"];
  readonly participation: Participation;
  readonly userId: Scalars["ID"]["input"];
};

export type SetParticipationPayload = {
  readonly __typename?: "SetParticipationPayload";
  readonly conversation: Conversation;
  readonly participant: Participant;
};

export type SetReadReceiptsInput = {
  readonly enabled: Scalars["Boolean"]["input"];
};

export type SetReadReceiptsPayload = {
  readonly __typename?: "SetReadReceiptsPayload";
  readonly viewer: User;
};

export type StatusChangePage = {
  readonly __typename?: "StatusChangePage";
  readonly endCursor: Scalars["Cursor"]["output"];
  readonly hasNextPage: Scalars["Boolean"]["output"];
  readonly nodes: ReadonlyArray<MessageStatusChange>;
};

export type Subscription = {
  readonly __typename?: "Subscription";
  /** The caller's badge: as it is now, then whenever it changed. The whole state each time, so there is nothing to resume. */
  readonly badgeChanged: Badge;
  /** New messages in one conversation, or in all of the caller's, in order within each. With `after`, first those sent since then. */
  readonly messageAdded: MessageAdded;
  /**
   * Who has received and read what, as it happens, with the aggregate status that results.
   * One conversation, or with no `conversationId` all of the caller's. `sentByViewer` keeps to messages that the caller sent.
   * With `after`, first what changed since then, merged; nothing in between is lost.
   */
  readonly messageStatusChanged: MessageStatusChange;
};

export type SubscriptionMessageAddedArgs = {
  after: InputMaybe<Scalars["Cursor"]["input"]>;
  conversationId: InputMaybe<Scalars["ID"]["input"]>;
};

export type SubscriptionMessageStatusChangedArgs = {
  after: InputMaybe<Scalars["Cursor"]["input"]>;
  conversationId: InputMaybe<Scalars["ID"]["input"]>;
  sentByViewer?: Scalars["Boolean"]["input"];
};

export type SyncReceiptsInput = {
  readonly receipts: ReadonlyArray<ReceiptInput>;
};

export type SyncReceiptsPayload = {
  readonly __typename?: "SyncReceiptsPayload";
  /** One for each that was handed in, in its order. */
  readonly results: ReadonlyArray<ReceiptResult>;
};

export type UpdateConversationInput = {
  readonly conversationId: Scalars["ID"]["input"];
  readonly receiptPolicy?: InputMaybe<ReceiptPolicy>;
  readonly title?: InputMaybe<Scalars["String"]["input"]>;
};

export type UpdateConversationPayload = {
  readonly __typename?: "UpdateConversationPayload";
  readonly conversation: Conversation;
};

export type User = {
  readonly __typename?: "User";
  readonly avatarUrl: Maybe<Scalars["String"]["output"]>;
  /** What the app's icon shows. Null unless it is the caller. */
  readonly badge: Maybe<Badge>;
  readonly displayName: Maybe<Scalars["String"]["output"]>;
  /** The subject of the user's token. */
  readonly id: Scalars["ID"]["output"];
  /** Whether this user lets others see what they have read. Null unless it is the caller. */
  readonly readReceipts: Maybe<Scalars["Boolean"]["output"]>;
  /** Unread messages over all conversations. Null unless it is the caller. */
  readonly unreadCount: Maybe<Scalars["Int"]["output"]>;
};

export type WithIndex<TObject> = TObject & Record<string, any>;
export type ResolversObject<TObject> = WithIndex<TObject>;

export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<
  TResult,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
  TArgs = Record<PropertyKey, never>,
> =
  | ResolverFn<TResult, TParent, TContext, TArgs>
  | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<
  TResult,
  TKey extends string,
  TParent,
  TContext,
  TArgs,
> {
  subscribe: SubscriptionSubscribeFn<
    { [key in TKey]: TResult },
    TParent,
    TContext,
    TArgs
  >;
  resolve?: SubscriptionResolveFn<
    TResult,
    { [key in TKey]: TResult },
    TContext,
    TArgs
  >;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<
  TResult,
  TKey extends string,
  TParent,
  TContext,
  TArgs,
> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<
  TResult,
  TKey extends string,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
  TArgs = Record<PropertyKey, never>,
> =
  | ((
      ...args: any[]
    ) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<
  TTypes,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo,
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<
  T = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
> = (
  obj: T,
  context: TContext,
  info: GraphQLResolveInfo,
) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<
  TResult = Record<PropertyKey, never>,
  TParent = Record<PropertyKey, never>,
  TContext = Record<PropertyKey, never>,
  TArgs = Record<PropertyKey, never>,
> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo,
) => TResult | Promise<TResult>;

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = ResolversObject<{
  AddParticipantsInput: AddParticipantsInput;
  AddParticipantsPayload: ResolverTypeWrapper<
    Omit<AddParticipantsPayload, "added" | "conversation"> & {
      added: ReadonlyArray<ResolversTypes["Participant"]>;
      conversation: ResolversTypes["Conversation"];
    }
  >;
  Badge: ResolverTypeWrapper<Badge>;
  Boolean: ResolverTypeWrapper<Scalars["Boolean"]["output"]>;
  BulkMarkDeliveredInput: BulkMarkDeliveredInput;
  BulkMarkDeliveredPayload: ResolverTypeWrapper<
    Omit<BulkMarkDeliveredPayload, "conversation"> & {
      conversation: ResolversTypes["Conversation"];
    }
  >;
  BulkMarkReadInput: BulkMarkReadInput;
  BulkMarkReadPayload: ResolverTypeWrapper<
    Omit<BulkMarkReadPayload, "conversation"> & {
      conversation: ResolversTypes["Conversation"];
    }
  >;
  Conversation: ResolverTypeWrapper<ConversationModel>;
  ConversationConnection: ResolverTypeWrapper<
    Omit<ConversationConnection, "edges" | "nodes"> & {
      edges: ReadonlyArray<ResolversTypes["ConversationEdge"]>;
      nodes: ReadonlyArray<ResolversTypes["Conversation"]>;
    }
  >;
  ConversationEdge: ResolverTypeWrapper<
    Omit<ConversationEdge, "node"> & { node: ResolversTypes["Conversation"] }
  >;
  CreateConversationInput: CreateConversationInput;
  CreateConversationPayload: ResolverTypeWrapper<
    Omit<CreateConversationPayload, "conversation"> & {
      conversation: ResolversTypes["Conversation"];
    }
  >;
  Cursor: ResolverTypeWrapper<Scalars["Cursor"]["output"]>;
  DateTime: ResolverTypeWrapper<Scalars["DateTime"]["output"]>;
  DeactivateUserInput: DeactivateUserInput;
  DeactivateUserPayload: ResolverTypeWrapper<DeactivateUserPayload>;
  DeleteMessageInput: DeleteMessageInput;
  DeleteMessagePayload: ResolverTypeWrapper<
    Omit<DeleteMessagePayload, "message"> & {
      message: ResolversTypes["Message"];
    }
  >;
  EraseUserInput: EraseUserInput;
  EraseUserPayload: ResolverTypeWrapper<EraseUserPayload>;
  ID: ResolverTypeWrapper<Scalars["ID"]["output"]>;
  Int: ResolverTypeWrapper<Scalars["Int"]["output"]>;
  MarkDeliveredInput: MarkDeliveredInput;
  MarkDeliveredPayload: ResolverTypeWrapper<
    Omit<MarkDeliveredPayload, "message"> & {
      message: ResolversTypes["Message"];
    }
  >;
  MarkReadInput: MarkReadInput;
  MarkReadPayload: ResolverTypeWrapper<
    Omit<MarkReadPayload, "message"> & { message: ResolversTypes["Message"] }
  >;
  MarkUnreadInput: MarkUnreadInput;
  MarkUnreadPayload: ResolverTypeWrapper<
    Omit<MarkUnreadPayload, "conversation"> & {
      conversation: ResolversTypes["Conversation"];
    }
  >;
  Message: ResolverTypeWrapper<MessageModel>;
  MessageAdded: ResolverTypeWrapper<MessageAddedModel>;
  MessageConnection: ResolverTypeWrapper<
    Omit<MessageConnection, "edges" | "nodes"> & {
      edges: ReadonlyArray<ResolversTypes["MessageEdge"]>;
      nodes: ReadonlyArray<ResolversTypes["Message"]>;
    }
  >;
  MessageEdge: ResolverTypeWrapper<
    Omit<MessageEdge, "node"> & { node: ResolversTypes["Message"] }
  >;
  MessageStatus: ResolverTypeWrapper<StatusModel>;
  MessageStatusChange: ResolverTypeWrapper<SeenChange>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  MuteConversationInput: MuteConversationInput;
  MuteConversationPayload: ResolverTypeWrapper<
    Omit<MuteConversationPayload, "conversation"> & {
      conversation: ResolversTypes["Conversation"];
    }
  >;
  OverallStatus: OverallStatus;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Participant: ResolverTypeWrapper<ParticipantModel>;
  ParticipantConnection: ResolverTypeWrapper<
    Omit<ParticipantConnection, "edges" | "nodes"> & {
      edges: ReadonlyArray<ResolversTypes["ParticipantEdge"]>;
      nodes: ReadonlyArray<ResolversTypes["Participant"]>;
    }
  >;
  ParticipantEdge: ResolverTypeWrapper<
    Omit<ParticipantEdge, "node"> & { node: ResolversTypes["Participant"] }
  >;
  ParticipantRole: ParticipantRole;
  Participation: Participation;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReactivateUserInput: ReactivateUserInput;
  ReactivateUserPayload: ResolverTypeWrapper<ReactivateUserPayload>;
  Receipt: ResolverTypeWrapper<SeenReceipt>;
  ReceiptErrorCode: ReceiptErrorCode;
  ReceiptInput: ReceiptInput;
  ReceiptKind: ReceiptKind;
  ReceiptPolicy: ReceiptPolicy;
  ReceiptResult: ResolverTypeWrapper<ReceiptResult>;
  RecipientState: RecipientState;
  RecipientStatus: ResolverTypeWrapper<RecipientRow>;
  RecipientStatusConnection: ResolverTypeWrapper<
    Omit<RecipientStatusConnection, "edges" | "nodes"> & {
      edges: ReadonlyArray<ResolversTypes["RecipientStatusEdge"]>;
      nodes: ReadonlyArray<ResolversTypes["RecipientStatus"]>;
    }
  >;
  RecipientStatusEdge: ResolverTypeWrapper<
    Omit<RecipientStatusEdge, "node"> & {
      node: ResolversTypes["RecipientStatus"];
    }
  >;
  RemoveParticipantInput: RemoveParticipantInput;
  RemoveParticipantPayload: ResolverTypeWrapper<
    Omit<RemoveParticipantPayload, "conversation"> & {
      conversation: ResolversTypes["Conversation"];
    }
  >;
  SendMessageInput: SendMessageInput;
  SendMessagePayload: ResolverTypeWrapper<
    Omit<SendMessagePayload, "message"> & { message: ResolversTypes["Message"] }
  >;
  SetParticipationInput: SetParticipationInput;
  SetParticipationPayload: ResolverTypeWrapper<
    Omit<SetParticipationPayload, "conversation" | "participant"> & {
      conversation: ResolversTypes["Conversation"];
      participant: ResolversTypes["Participant"];
    }
  >;
  SetReadReceiptsInput: SetReadReceiptsInput;
  SetReadReceiptsPayload: ResolverTypeWrapper<
    Omit<SetReadReceiptsPayload, "viewer"> & { viewer: ResolversTypes["User"] }
  >;
  StatusChangePage: ResolverTypeWrapper<
    Omit<StatusChangePage, "nodes"> & {
      nodes: ReadonlyArray<ResolversTypes["MessageStatusChange"]>;
    }
  >;
  String: ResolverTypeWrapper<Scalars["String"]["output"]>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  SyncReceiptsInput: SyncReceiptsInput;
  SyncReceiptsPayload: ResolverTypeWrapper<SyncReceiptsPayload>;
  UpdateConversationInput: UpdateConversationInput;
  UpdateConversationPayload: ResolverTypeWrapper<
    Omit<UpdateConversationPayload, "conversation"> & {
      conversation: ResolversTypes["Conversation"];
    }
  >;
  User: ResolverTypeWrapper<UserModel>;
}>;

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = ResolversObject<{
  AddParticipantsInput: AddParticipantsInput;
  AddParticipantsPayload: Omit<
    AddParticipantsPayload,
    "added" | "conversation"
  > & {
    added: ReadonlyArray<ResolversParentTypes["Participant"]>;
    conversation: ResolversParentTypes["Conversation"];
  };
  Badge: Badge;
  Boolean: Scalars["Boolean"]["output"];
  BulkMarkDeliveredInput: BulkMarkDeliveredInput;
  BulkMarkDeliveredPayload: Omit<BulkMarkDeliveredPayload, "conversation"> & {
    conversation: ResolversParentTypes["Conversation"];
  };
  BulkMarkReadInput: BulkMarkReadInput;
  BulkMarkReadPayload: Omit<BulkMarkReadPayload, "conversation"> & {
    conversation: ResolversParentTypes["Conversation"];
  };
  Conversation: ConversationModel;
  ConversationConnection: Omit<ConversationConnection, "edges" | "nodes"> & {
    edges: ReadonlyArray<ResolversParentTypes["ConversationEdge"]>;
    nodes: ReadonlyArray<ResolversParentTypes["Conversation"]>;
  };
  ConversationEdge: Omit<ConversationEdge, "node"> & {
    node: ResolversParentTypes["Conversation"];
  };
  CreateConversationInput: CreateConversationInput;
  CreateConversationPayload: Omit<CreateConversationPayload, "conversation"> & {
    conversation: ResolversParentTypes["Conversation"];
  };
  Cursor: Scalars["Cursor"]["output"];
  DateTime: Scalars["DateTime"]["output"];
  DeactivateUserInput: DeactivateUserInput;
  DeactivateUserPayload: DeactivateUserPayload;
  DeleteMessageInput: DeleteMessageInput;
  DeleteMessagePayload: Omit<DeleteMessagePayload, "message"> & {
    message: ResolversParentTypes["Message"];
  };
  EraseUserInput: EraseUserInput;
  EraseUserPayload: EraseUserPayload;
  ID: Scalars["ID"]["output"];
  Int: Scalars["Int"]["output"];
  MarkDeliveredInput: MarkDeliveredInput;
  MarkDeliveredPayload: Omit<MarkDeliveredPayload, "message"> & {
    message: ResolversParentTypes["Message"];
  };
  MarkReadInput: MarkReadInput;
  MarkReadPayload: Omit<MarkReadPayload, "message"> & {
    message: ResolversParentTypes["Message"];
  };
  MarkUnreadInput: MarkUnreadInput;
  MarkUnreadPayload: Omit<MarkUnreadPayload, "conversation"> & {
    conversation: ResolversParentTypes["Conversation"];
  };
  Message: MessageModel;
  MessageAdded: MessageAddedModel;
  MessageConnection: Omit<MessageConnection, "edges" | "nodes"> & {
    edges: ReadonlyArray<ResolversParentTypes["MessageEdge"]>;
    nodes: ReadonlyArray<ResolversParentTypes["Message"]>;
  };
  MessageEdge: Omit<MessageEdge, "node"> & {
    node: ResolversParentTypes["Message"];
  };
  MessageStatus: StatusModel;
  MessageStatusChange: SeenChange;
  Mutation: Record<PropertyKey, never>;
  MuteConversationInput: MuteConversationInput;
  MuteConversationPayload: Omit<MuteConversationPayload, "conversation"> & {
    conversation: ResolversParentTypes["Conversation"];
  };
  PageInfo: PageInfo;
  Participant: ParticipantModel;
  ParticipantConnection: Omit<ParticipantConnection, "edges" | "nodes"> & {
    edges: ReadonlyArray<ResolversParentTypes["ParticipantEdge"]>;
    nodes: ReadonlyArray<ResolversParentTypes["Participant"]>;
  };
  ParticipantEdge: Omit<ParticipantEdge, "node"> & {
    node: ResolversParentTypes["Participant"];
  };
  Query: Record<PropertyKey, never>;
  ReactivateUserInput: ReactivateUserInput;
  ReactivateUserPayload: ReactivateUserPayload;
  Receipt: SeenReceipt;
  ReceiptInput: ReceiptInput;
  ReceiptResult: ReceiptResult;
  RecipientStatus: RecipientRow;
  RecipientStatusConnection: Omit<
    RecipientStatusConnection,
    "edges" | "nodes"
  > & {
    edges: ReadonlyArray<ResolversParentTypes["RecipientStatusEdge"]>;
    nodes: ReadonlyArray<ResolversParentTypes["RecipientStatus"]>;
  };
  RecipientStatusEdge: Omit<RecipientStatusEdge, "node"> & {
    node: ResolversParentTypes["RecipientStatus"];
  };
  RemoveParticipantInput: RemoveParticipantInput;
  RemoveParticipantPayload: Omit<RemoveParticipantPayload, "conversation"> & {
    conversation: ResolversParentTypes["Conversation"];
  };
  SendMessageInput: SendMessageInput;
  SendMessagePayload: Omit<SendMessagePayload, "message"> & {
    message: ResolversParentTypes["Message"];
  };
  SetParticipationInput: SetParticipationInput;
  SetParticipationPayload: Omit<
    SetParticipationPayload,
    "conversation" | "participant"
  > & {
    conversation: ResolversParentTypes["Conversation"];
    participant: ResolversParentTypes["Participant"];
  };
  SetReadReceiptsInput: SetReadReceiptsInput;
  SetReadReceiptsPayload: Omit<SetReadReceiptsPayload, "viewer"> & {
    viewer: ResolversParentTypes["User"];
  };
  StatusChangePage: Omit<StatusChangePage, "nodes"> & {
    nodes: ReadonlyArray<ResolversParentTypes["MessageStatusChange"]>;
  };
  String: Scalars["String"]["output"];
  Subscription: Record<PropertyKey, never>;
  SyncReceiptsInput: SyncReceiptsInput;
  SyncReceiptsPayload: SyncReceiptsPayload;
  UpdateConversationInput: UpdateConversationInput;
  UpdateConversationPayload: Omit<UpdateConversationPayload, "conversation"> & {
    conversation: ResolversParentTypes["Conversation"];
  };
  User: UserModel;
}>;

export type PerStayDirectiveArgs = {};

export type PerStayDirectiveResolver<
  Result,
  Parent,
  ContextType = Context,
  Args = PerStayDirectiveArgs,
> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PerViewerDirectiveArgs = {};

export type PerViewerDirectiveResolver<
  Result,
  Parent,
  ContextType = Context,
  Args = PerViewerDirectiveArgs,
> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AddParticipantsPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["AddParticipantsPayload"] =
    ResolversParentTypes["AddParticipantsPayload"],
> = ResolversObject<{
  added?: Resolver<
    ReadonlyArray<ResolversTypes["Participant"]>,
    ParentType,
    ContextType
  >;
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
}>;

export type BadgeResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Badge"] =
    ResolversParentTypes["Badge"],
> = ResolversObject<{
  unreadConversationCount?: Resolver<
    ResolversTypes["Int"],
    ParentType,
    ContextType
  >;
  unreadCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  unreadMentionCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type BulkMarkDeliveredPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["BulkMarkDeliveredPayload"] =
    ResolversParentTypes["BulkMarkDeliveredPayload"],
> = ResolversObject<{
  changed?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
}>;

export type BulkMarkReadPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["BulkMarkReadPayload"] =
    ResolversParentTypes["BulkMarkReadPayload"],
> = ResolversObject<{
  changed?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
}>;

export type ConversationResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Conversation"] =
    ResolversParentTypes["Conversation"],
> = ResolversObject<{
  createdAt?: Resolver<ResolversTypes["DateTime"], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  firstUnread?: Resolver<
    Maybe<ResolversTypes["Message"]>,
    ParentType,
    ContextType
  >;
  id?: Resolver<ResolversTypes["ID"], ParentType, ContextType>;
  lastMessage?: Resolver<
    Maybe<ResolversTypes["Message"]>,
    ParentType,
    ContextType
  >;
  messages?: Resolver<
    ResolversTypes["MessageConnection"],
    ParentType,
    ContextType,
    Partial<ConversationMessagesArgs>
  >;
  mutedUntil?: Resolver<
    Maybe<ResolversTypes["DateTime"]>,
    ParentType,
    ContextType
  >;
  participants?: Resolver<
    ResolversTypes["ParticipantConnection"],
    ParentType,
    ContextType,
    RequireFields<ConversationParticipantsArgs, "first">
  >;
  receiptPolicy?: Resolver<
    ResolversTypes["ReceiptPolicy"],
    ParentType,
    ContextType
  >;
  title?: Resolver<Maybe<ResolversTypes["String"]>, ParentType, ContextType>;
  unreadCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  unreadMentionCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  viewerParticipant?: Resolver<
    Maybe<ResolversTypes["Participant"]>,
    ParentType,
    ContextType
  >;
}>;

export type ConversationConnectionResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["ConversationConnection"] =
    ResolversParentTypes["ConversationConnection"],
> = ResolversObject<{
  edges?: Resolver<
    ReadonlyArray<ResolversTypes["ConversationEdge"]>,
    ParentType,
    ContextType
  >;
  nodes?: Resolver<
    ReadonlyArray<ResolversTypes["Conversation"]>,
    ParentType,
    ContextType
  >;
  pageInfo?: Resolver<ResolversTypes["PageInfo"], ParentType, ContextType>;
}>;

export type ConversationEdgeResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["ConversationEdge"] =
    ResolversParentTypes["ConversationEdge"],
> = ResolversObject<{
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  node?: Resolver<ResolversTypes["Conversation"], ParentType, ContextType>;
}>;

export type CreateConversationPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["CreateConversationPayload"] =
    ResolversParentTypes["CreateConversationPayload"],
> = ResolversObject<{
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
}>;

export interface CursorScalarConfig extends GraphQLScalarTypeConfig<
  ResolversTypes["Cursor"],
  any
> {
  name: "Cursor";
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<
  ResolversTypes["DateTime"],
  any
> {
  name: "DateTime";
}

export type DeactivateUserPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["DeactivateUserPayload"] =
    ResolversParentTypes["DeactivateUserPayload"],
> = ResolversObject<{
  conversationCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type DeleteMessagePayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["DeleteMessagePayload"] =
    ResolversParentTypes["DeleteMessagePayload"],
> = ResolversObject<{
  message?: Resolver<ResolversTypes["Message"], ParentType, ContextType>;
}>;

export type EraseUserPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["EraseUserPayload"] =
    ResolversParentTypes["EraseUserPayload"],
> = ResolversObject<{
  conversationCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  messageCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type MarkDeliveredPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MarkDeliveredPayload"] =
    ResolversParentTypes["MarkDeliveredPayload"],
> = ResolversObject<{
  changed?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  message?: Resolver<ResolversTypes["Message"], ParentType, ContextType>;
}>;

export type MarkReadPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MarkReadPayload"] =
    ResolversParentTypes["MarkReadPayload"],
> = ResolversObject<{
  changed?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  message?: Resolver<ResolversTypes["Message"], ParentType, ContextType>;
}>;

export type MarkUnreadPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MarkUnreadPayload"] =
    ResolversParentTypes["MarkUnreadPayload"],
> = ResolversObject<{
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
}>;

export type MessageResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Message"] =
    ResolversParentTypes["Message"],
> = ResolversObject<{
  body?: Resolver<Maybe<ResolversTypes["String"]>, ParentType, ContextType>;
  clientId?: Resolver<ResolversTypes["String"], ParentType, ContextType>;
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
  countsAsUnread?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  deletedAt?: Resolver<
    Maybe<ResolversTypes["DateTime"]>,
    ParentType,
    ContextType
  >;
  fileType?: Resolver<Maybe<ResolversTypes["String"]>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes["ID"], ParentType, ContextType>;
  isUnread?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  mentionsViewer?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  sender?: Resolver<ResolversTypes["User"], ParentType, ContextType>;
  sentAt?: Resolver<ResolversTypes["DateTime"], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  status?: Resolver<ResolversTypes["MessageStatus"], ParentType, ContextType>;
  type?: Resolver<ResolversTypes["String"], ParentType, ContextType>;
}>;

export type MessageAddedResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MessageAdded"] =
    ResolversParentTypes["MessageAdded"],
> = ResolversObject<{
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  message?: Resolver<ResolversTypes["Message"], ParentType, ContextType>;
}>;

export type MessageConnectionResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MessageConnection"] =
    ResolversParentTypes["MessageConnection"],
> = ResolversObject<{
  edges?: Resolver<
    ReadonlyArray<ResolversTypes["MessageEdge"]>,
    ParentType,
    ContextType
  >;
  nodes?: Resolver<
    ReadonlyArray<ResolversTypes["Message"]>,
    ParentType,
    ContextType
  >;
  pageInfo?: Resolver<ResolversTypes["PageInfo"], ParentType, ContextType>;
}>;

export type MessageEdgeResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MessageEdge"] =
    ResolversParentTypes["MessageEdge"],
> = ResolversObject<{
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  node?: Resolver<ResolversTypes["Message"], ParentType, ContextType>;
}>;

export type MessageStatusResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MessageStatus"] =
    ResolversParentTypes["MessageStatus"],
> = ResolversObject<{
  deliveredCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  id?: Resolver<ResolversTypes["ID"], ParentType, ContextType>;
  overallStatus?: Resolver<
    ResolversTypes["OverallStatus"],
    ParentType,
    ContextType
  >;
  readCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  receiptPolicy?: Resolver<
    ResolversTypes["ReceiptPolicy"],
    ParentType,
    ContextType
  >;
  recipients?: Resolver<
    ResolversTypes["RecipientStatusConnection"],
    ParentType,
    ContextType,
    RequireFields<MessageStatusRecipientsArgs, "first">
  >;
  summaryText?: Resolver<ResolversTypes["String"], ParentType, ContextType>;
  totalRecipients?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type MessageStatusChangeResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MessageStatusChange"] =
    ResolversParentTypes["MessageStatusChange"],
> = ResolversObject<{
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  messageCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  messages?: Resolver<
    ReadonlyArray<ResolversTypes["Message"]>,
    ParentType,
    ContextType,
    RequireFields<MessageStatusChangeMessagesArgs, "last">
  >;
  receipts?: Resolver<
    ReadonlyArray<ResolversTypes["Receipt"]>,
    ParentType,
    ContextType
  >;
  reset?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
}>;

export type MutationResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Mutation"] =
    ResolversParentTypes["Mutation"],
> = ResolversObject<{
  addParticipants?: Resolver<
    ResolversTypes["AddParticipantsPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationAddParticipantsArgs, "input">
  >;
  bulkMarkDelivered?: Resolver<
    ResolversTypes["BulkMarkDeliveredPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationBulkMarkDeliveredArgs, "input">
  >;
  bulkMarkRead?: Resolver<
    ResolversTypes["BulkMarkReadPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationBulkMarkReadArgs, "input">
  >;
  createConversation?: Resolver<
    ResolversTypes["CreateConversationPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationCreateConversationArgs, "input">
  >;
  deactivateUser?: Resolver<
    ResolversTypes["DeactivateUserPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationDeactivateUserArgs, "input">
  >;
  deleteMessage?: Resolver<
    ResolversTypes["DeleteMessagePayload"],
    ParentType,
    ContextType,
    RequireFields<MutationDeleteMessageArgs, "input">
  >;
  eraseUser?: Resolver<
    ResolversTypes["EraseUserPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationEraseUserArgs, "input">
  >;
  markDelivered?: Resolver<
    ResolversTypes["MarkDeliveredPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationMarkDeliveredArgs, "input">
  >;
  markRead?: Resolver<
    ResolversTypes["MarkReadPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationMarkReadArgs, "input">
  >;
  markUnread?: Resolver<
    ResolversTypes["MarkUnreadPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationMarkUnreadArgs, "input">
  >;
  muteConversation?: Resolver<
    ResolversTypes["MuteConversationPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationMuteConversationArgs, "input">
  >;
  reactivateUser?: Resolver<
    ResolversTypes["ReactivateUserPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationReactivateUserArgs, "input">
  >;
  removeParticipant?: Resolver<
    ResolversTypes["RemoveParticipantPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationRemoveParticipantArgs, "input">
  >;
  sendMessage?: Resolver<
    ResolversTypes["SendMessagePayload"],
    ParentType,
    ContextType,
    RequireFields<MutationSendMessageArgs, "input">
  >;
  setParticipation?: Resolver<
    ResolversTypes["SetParticipationPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationSetParticipationArgs, "input">
  >;
  setReadReceipts?: Resolver<
    ResolversTypes["SetReadReceiptsPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationSetReadReceiptsArgs, "input">
  >;
  syncReceipts?: Resolver<
    ResolversTypes["SyncReceiptsPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationSyncReceiptsArgs, "input">
  >;
  updateConversation?: Resolver<
    ResolversTypes["UpdateConversationPayload"],
    ParentType,
    ContextType,
    RequireFields<MutationUpdateConversationArgs, "input">
  >;
}>;

export type MuteConversationPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["MuteConversationPayload"] =
    ResolversParentTypes["MuteConversationPayload"],
> = ResolversObject<{
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
}>;

export type OverallStatusResolvers = EnumResolverSignature<
  { DELIVERED?: any; PARTIAL?: any; READ?: any; SENT?: any },
  ResolversTypes["OverallStatus"]
>;

export type PageInfoResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["PageInfo"] =
    ResolversParentTypes["PageInfo"],
> = ResolversObject<{
  endCursor?: Resolver<
    Maybe<ResolversTypes["Cursor"]>,
    ParentType,
    ContextType
  >;
  hasNextPage?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  hasPreviousPage?: Resolver<
    ResolversTypes["Boolean"],
    ParentType,
    ContextType
  >;
  startCursor?: Resolver<
    Maybe<ResolversTypes["Cursor"]>,
    ParentType,
    ContextType
  >;
}>;

export type ParticipantResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Participant"] =
    ResolversParentTypes["Participant"],
> = ResolversObject<{
  deliveredUpToSeq?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  id?: Resolver<ResolversTypes["ID"], ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  joinedAt?: Resolver<ResolversTypes["DateTime"], ParentType, ContextType>;
  participation?: Resolver<
    ResolversTypes["Participation"],
    ParentType,
    ContextType
  >;
  readUpToSeq?: Resolver<Maybe<ResolversTypes["Int"]>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes["ParticipantRole"], ParentType, ContextType>;
  user?: Resolver<ResolversTypes["User"], ParentType, ContextType>;
}>;

export type ParticipantConnectionResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["ParticipantConnection"] =
    ResolversParentTypes["ParticipantConnection"],
> = ResolversObject<{
  edges?: Resolver<
    ReadonlyArray<ResolversTypes["ParticipantEdge"]>,
    ParentType,
    ContextType
  >;
  nodes?: Resolver<
    ReadonlyArray<ResolversTypes["Participant"]>,
    ParentType,
    ContextType
  >;
  pageInfo?: Resolver<ResolversTypes["PageInfo"], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type ParticipantEdgeResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["ParticipantEdge"] =
    ResolversParentTypes["ParticipantEdge"],
> = ResolversObject<{
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  node?: Resolver<ResolversTypes["Participant"], ParentType, ContextType>;
}>;

export type ParticipantRoleResolvers = EnumResolverSignature<
  { MEMBER?: any; OWNER?: any },
  ResolversTypes["ParticipantRole"]
>;

export type ParticipationResolvers = EnumResolverSignature<
  { OBSERVER?: any; RECIPIENT?: any },
  ResolversTypes["Participation"]
>;

export type QueryResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Query"] =
    ResolversParentTypes["Query"],
> = ResolversObject<{
  conversation?: Resolver<
    Maybe<ResolversTypes["Conversation"]>,
    ParentType,
    ContextType,
    RequireFields<QueryConversationArgs, "id">
  >;
  conversations?: Resolver<
    ResolversTypes["ConversationConnection"],
    ParentType,
    ContextType,
    RequireFields<QueryConversationsArgs, "first">
  >;
  message?: Resolver<
    Maybe<ResolversTypes["Message"]>,
    ParentType,
    ContextType,
    RequireFields<QueryMessageArgs, "id">
  >;
  statusChanges?: Resolver<
    ResolversTypes["StatusChangePage"],
    ParentType,
    ContextType,
    RequireFields<QueryStatusChangesArgs, "after" | "first">
  >;
  viewer?: Resolver<ResolversTypes["User"], ParentType, ContextType>;
}>;

export type ReactivateUserPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["ReactivateUserPayload"] =
    ResolversParentTypes["ReactivateUserPayload"],
> = ResolversObject<{
  conversationCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type ReceiptResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Receipt"] =
    ResolversParentTypes["Receipt"],
> = ResolversObject<{
  at?: Resolver<ResolversTypes["DateTime"], ParentType, ContextType>;
  fromSeq?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes["ReceiptKind"], ParentType, ContextType>;
  participant?: Resolver<
    ResolversTypes["Participant"],
    ParentType,
    ContextType
  >;
  toSeq?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type ReceiptKindResolvers = EnumResolverSignature<
  { DELIVERED?: any; READ?: any },
  ResolversTypes["ReceiptKind"]
>;

export type ReceiptPolicyResolvers = EnumResolverSignature<
  { COUNTS?: any; FULL?: any; OFF?: any },
  ResolversTypes["ReceiptPolicy"]
>;

export type ReceiptResultResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["ReceiptResult"] =
    ResolversParentTypes["ReceiptResult"],
> = ResolversObject<{
  changed?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  error?: Resolver<
    Maybe<ResolversTypes["ReceiptErrorCode"]>,
    ParentType,
    ContextType
  >;
  kind?: Resolver<ResolversTypes["ReceiptKind"], ParentType, ContextType>;
  messageId?: Resolver<ResolversTypes["ID"], ParentType, ContextType>;
}>;

export type RecipientStateResolvers = EnumResolverSignature<
  { DELIVERED?: any; PENDING?: any; READ?: any },
  ResolversTypes["RecipientState"]
>;

export type RecipientStatusResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["RecipientStatus"] =
    ResolversParentTypes["RecipientStatus"],
> = ResolversObject<{
  deliveredAt?: Resolver<
    Maybe<ResolversTypes["DateTime"]>,
    ParentType,
    ContextType
  >;
  id?: Resolver<ResolversTypes["ID"], ParentType, ContextType>;
  readAt?: Resolver<Maybe<ResolversTypes["DateTime"]>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes["RecipientState"], ParentType, ContextType>;
  statusText?: Resolver<ResolversTypes["String"], ParentType, ContextType>;
  user?: Resolver<ResolversTypes["User"], ParentType, ContextType>;
}>;

export type RecipientStatusConnectionResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["RecipientStatusConnection"] =
    ResolversParentTypes["RecipientStatusConnection"],
> = ResolversObject<{
  edges?: Resolver<
    ReadonlyArray<ResolversTypes["RecipientStatusEdge"]>,
    ParentType,
    ContextType
  >;
  nodes?: Resolver<
    ReadonlyArray<ResolversTypes["RecipientStatus"]>,
    ParentType,
    ContextType
  >;
  pageInfo?: Resolver<ResolversTypes["PageInfo"], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes["Int"], ParentType, ContextType>;
}>;

export type RecipientStatusEdgeResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["RecipientStatusEdge"] =
    ResolversParentTypes["RecipientStatusEdge"],
> = ResolversObject<{
  cursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  node?: Resolver<ResolversTypes["RecipientStatus"], ParentType, ContextType>;
}>;

export type RemoveParticipantPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["RemoveParticipantPayload"] =
    ResolversParentTypes["RemoveParticipantPayload"],
> = ResolversObject<{
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
}>;

export type SendMessagePayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["SendMessagePayload"] =
    ResolversParentTypes["SendMessagePayload"],
> = ResolversObject<{
  duplicate?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  message?: Resolver<ResolversTypes["Message"], ParentType, ContextType>;
}>;

export type SetParticipationPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["SetParticipationPayload"] =
    ResolversParentTypes["SetParticipationPayload"],
> = ResolversObject<{
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
  participant?: Resolver<
    ResolversTypes["Participant"],
    ParentType,
    ContextType
  >;
}>;

export type SetReadReceiptsPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["SetReadReceiptsPayload"] =
    ResolversParentTypes["SetReadReceiptsPayload"],
> = ResolversObject<{
  viewer?: Resolver<ResolversTypes["User"], ParentType, ContextType>;
}>;

export type StatusChangePageResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["StatusChangePage"] =
    ResolversParentTypes["StatusChangePage"],
> = ResolversObject<{
  endCursor?: Resolver<ResolversTypes["Cursor"], ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes["Boolean"], ParentType, ContextType>;
  nodes?: Resolver<
    ReadonlyArray<ResolversTypes["MessageStatusChange"]>,
    ParentType,
    ContextType
  >;
}>;

export type SubscriptionResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["Subscription"] =
    ResolversParentTypes["Subscription"],
> = ResolversObject<{
  badgeChanged?: SubscriptionResolver<
    ResolversTypes["Badge"],
    "badgeChanged",
    ParentType,
    ContextType
  >;
  messageAdded?: SubscriptionResolver<
    ResolversTypes["MessageAdded"],
    "messageAdded",
    ParentType,
    ContextType,
    Partial<SubscriptionMessageAddedArgs>
  >;
  messageStatusChanged?: SubscriptionResolver<
    ResolversTypes["MessageStatusChange"],
    "messageStatusChanged",
    ParentType,
    ContextType,
    RequireFields<SubscriptionMessageStatusChangedArgs, "sentByViewer">
  >;
}>;

export type SyncReceiptsPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["SyncReceiptsPayload"] =
    ResolversParentTypes["SyncReceiptsPayload"],
> = ResolversObject<{
  results?: Resolver<
    ReadonlyArray<ResolversTypes["ReceiptResult"]>,
    ParentType,
    ContextType
  >;
}>;

export type UpdateConversationPayloadResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["UpdateConversationPayload"] =
    ResolversParentTypes["UpdateConversationPayload"],
> = ResolversObject<{
  conversation?: Resolver<
    ResolversTypes["Conversation"],
    ParentType,
    ContextType
  >;
}>;

export type UserResolvers<
  ContextType = Context,
  ParentType extends ResolversParentTypes["User"] =
    ResolversParentTypes["User"],
> = ResolversObject<{
  avatarUrl?: Resolver<
    Maybe<ResolversTypes["String"]>,
    ParentType,
    ContextType
  >;
  badge?: Resolver<Maybe<ResolversTypes["Badge"]>, ParentType, ContextType>;
  displayName?: Resolver<
    Maybe<ResolversTypes["String"]>,
    ParentType,
    ContextType
  >;
  id?: Resolver<ResolversTypes["ID"], ParentType, ContextType>;
  readReceipts?: Resolver<
    Maybe<ResolversTypes["Boolean"]>,
    ParentType,
    ContextType
  >;
  unreadCount?: Resolver<Maybe<ResolversTypes["Int"]>, ParentType, ContextType>;
}>;

export type Resolvers<ContextType = Context> = ResolversObject<{
  AddParticipantsPayload?: AddParticipantsPayloadResolvers<ContextType>;
  Badge?: BadgeResolvers<ContextType>;
  BulkMarkDeliveredPayload?: BulkMarkDeliveredPayloadResolvers<ContextType>;
  BulkMarkReadPayload?: BulkMarkReadPayloadResolvers<ContextType>;
  Conversation?: ConversationResolvers<ContextType>;
  ConversationConnection?: ConversationConnectionResolvers<ContextType>;
  ConversationEdge?: ConversationEdgeResolvers<ContextType>;
  CreateConversationPayload?: CreateConversationPayloadResolvers<ContextType>;
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  DeactivateUserPayload?: DeactivateUserPayloadResolvers<ContextType>;
  DeleteMessagePayload?: DeleteMessagePayloadResolvers<ContextType>;
  EraseUserPayload?: EraseUserPayloadResolvers<ContextType>;
  MarkDeliveredPayload?: MarkDeliveredPayloadResolvers<ContextType>;
  MarkReadPayload?: MarkReadPayloadResolvers<ContextType>;
  MarkUnreadPayload?: MarkUnreadPayloadResolvers<ContextType>;
  Message?: MessageResolvers<ContextType>;
  MessageAdded?: MessageAddedResolvers<ContextType>;
  MessageConnection?: MessageConnectionResolvers<ContextType>;
  MessageEdge?: MessageEdgeResolvers<ContextType>;
  MessageStatus?: MessageStatusResolvers<ContextType>;
  MessageStatusChange?: MessageStatusChangeResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  MuteConversationPayload?: MuteConversationPayloadResolvers<ContextType>;
  OverallStatus?: OverallStatusResolvers;
  PageInfo?: PageInfoResolvers<ContextType>;
  Participant?: ParticipantResolvers<ContextType>;
  ParticipantConnection?: ParticipantConnectionResolvers<ContextType>;
  ParticipantEdge?: ParticipantEdgeResolvers<ContextType>;
  ParticipantRole?: ParticipantRoleResolvers;
  Participation?: ParticipationResolvers;
  Query?: QueryResolvers<ContextType>;
  ReactivateUserPayload?: ReactivateUserPayloadResolvers<ContextType>;
  Receipt?: ReceiptResolvers<ContextType>;
  ReceiptKind?: ReceiptKindResolvers;
  ReceiptPolicy?: ReceiptPolicyResolvers;
  ReceiptResult?: ReceiptResultResolvers<ContextType>;
  RecipientState?: RecipientStateResolvers;
  RecipientStatus?: RecipientStatusResolvers<ContextType>;
  RecipientStatusConnection?: RecipientStatusConnectionResolvers<ContextType>;
  RecipientStatusEdge?: RecipientStatusEdgeResolvers<ContextType>;
  RemoveParticipantPayload?: RemoveParticipantPayloadResolvers<ContextType>;
  SendMessagePayload?: SendMessagePayloadResolvers<ContextType>;
  SetParticipationPayload?: SetParticipationPayloadResolvers<ContextType>;
  SetReadReceiptsPayload?: SetReadReceiptsPayloadResolvers<ContextType>;
  StatusChangePage?: StatusChangePageResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  SyncReceiptsPayload?: SyncReceiptsPayloadResolvers<ContextType>;
  UpdateConversationPayload?: UpdateConversationPayloadResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
}>;

export type DirectiveResolvers<ContextType = Context> = ResolversObject<{
  perStay?: PerStayDirectiveResolver<any, any, ContextType>;
  perViewer?: PerViewerDirectiveResolver<any, any, ContextType>;
}>;
