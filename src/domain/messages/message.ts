import type { ConversationModel } from "../conversations/conversation.js";
import type { MessagePlace } from "./message-id.js";

/** A stored message. Times are Postgres timestamps as text. */
export interface MessageRow extends MessagePlace {
  /** The conversation's version that this message made. */
  readonly version: number;
  readonly senderId: string;
  readonly clientId: string;
  readonly body: string | null;
  readonly type: string;
  readonly fileType: string | null;
  readonly sentAt: string;
  readonly deletedAt: string | null;
}

/** What the resolvers of `Message` start from: its place, and the row where it is at hand already. */
export interface MessageModel extends MessagePlace {
  readonly row?: MessageRow;
  /** Its conversation, where it was read before the message's status will be. */
  readonly conversation?: ConversationModel;
}

/** What the resolvers of `MessageAdded` start from. */
export interface MessageAddedModel {
  readonly cursor: string;
  readonly message: MessageModel;
}

/** A message that is at hand. */
export function messageModel(row: MessageRow): MessageModel {
  return { conversationId: row.conversationId, seq: row.seq, row };
}
