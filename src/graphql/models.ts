import type {
  ConversationRow,
  ViewedConversation,
} from "../domain/conversations/conversation.js";
import type {
  Membership,
  ParticipantRow,
} from "../domain/conversations/participant.js";
import type { PositionAt } from "../domain/conversations/position.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { MessageRef } from "../domain/messages/message-id.js";
import type { StatusCounts } from "../domain/receipts/status.js";

/** What the resolvers of `User` start from. */
export interface UserModel {
  readonly id: string;
}

/** What the resolvers of `Conversation` start from: its id, and what is at hand already. */
export interface ConversationModel {
  readonly id: string;
  /** Where its stream stood before anything else of it was read. */
  readonly position?: PositionAt;
  readonly row?: ConversationRow;
  readonly viewed?: ViewedConversation;
  /** Whether the viewer has just left it: they see nobody of it any more (R3). */
  readonly isLeft?: boolean;
}

/** What the resolvers of `Participant` start from. */
export interface ParticipantModel extends Membership {
  readonly row?: ParticipantRow;
}

/** What the resolvers of `Message` start from: which one it is, and the row where it is at hand already. */
export interface MessageModel extends MessageRef {
  readonly row?: MessageRow;
  /** Its conversation, where it was read before the message's status will be. */
  readonly conversation?: ConversationModel;
}

/** What the resolvers of `MessageAdded` start from. */
export interface MessageAddedModel {
  readonly cursor: string;
  readonly message: MessageModel;
}

/** What the resolvers of `MessageStatus` start from. */
export interface StatusModel extends MessageRef {
  readonly counts: StatusCounts;
}

/** A message that is at hand. */
export function messageModel(row: MessageRow): MessageModel {
  return { conversationId: row.conversationId, seq: row.seq, row };
}

/** A conversation that is at hand, as its viewer finds it where it was read for one. */
export function conversationModel(
  row: ConversationRow | ViewedConversation,
): ConversationModel {
  return "visible" in row
    ? { id: row.id, row, viewed: row }
    : { id: row.id, row };
}
