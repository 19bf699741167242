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

/** The value that the resolvers of `User` start from. */
export interface UserModel {
  readonly id: string;
}

/** The value that the resolvers of `Conversation` start from: the id, and the rows that were read already. */
export interface ConversationModel {
  readonly id: string;
  /** The position of the conversation's stream, read before every other part of the answer. */
  readonly position?: PositionAt;
  readonly row?: ConversationRow;
  readonly viewed?: ViewedConversation;
  /** Whether the viewer has just left the conversation, and sees none of its participants any more (R3). */
  readonly isLeft?: boolean;
}

/** The value that the resolvers of `Participant` start from. */
export interface ParticipantModel extends Membership {
  readonly row?: ParticipantRow;
}

/** The value that the resolvers of `Message` start from: the reference, and the row where it was read already. */
export interface MessageModel extends MessageRef {
  readonly row?: MessageRow;
  /** When it was sent, where that is at hand without the row. */
  readonly sentMs?: number;
  /** The conversation, where it must be read before the message's status (R22). */
  readonly conversation?: ConversationModel;
}

/** The value that the resolvers of `MessageAdded` start from. */
export interface MessageAddedModel {
  readonly cursor: string;
  readonly message: MessageModel;
}

/** The value that the resolvers of `MessageStatus` start from. */
export interface StatusModel extends MessageModel {
  readonly counts: StatusCounts;
}

/** The model of a message whose row was read. */
export function messageModel(row: MessageRow): MessageModel {
  return { conversationId: row.conversationId, seq: row.seq, row };
}

/** The model of a conversation whose row was read, for a viewer or for nobody in particular. */
export function conversationModel(
  row: ConversationRow | ViewedConversation,
): ConversationModel {
  return "visible" in row
    ? { id: row.id, row, viewed: row }
    : { id: row.id, row };
}
