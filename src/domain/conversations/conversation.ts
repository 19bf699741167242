import type { MessageRow } from "../messages/message.js";

/** A position in a conversation's stream of changes. */
export interface Position {
  readonly version: number;
  readonly lastSeq: number;
  /** When it was read, in milliseconds since the epoch by the database's clock, with fractions. */
  readonly atMs: number;
}

/** A stored conversation. Times are Postgres timestamps as text. */
export interface ConversationRow extends Position {
  readonly id: string;
  readonly title: string | null;
  readonly createdAt: string;
  readonly activeAt: string;
}

/** A conversation as one of its present participants finds it. */
export interface ViewedConversation extends ConversationRow {
  /** What the viewer may see, as a multirange. */
  readonly member: string;
  readonly unreadCount: number;
  /** The newest message that the viewer may see. */
  readonly lastMessage: MessageRow | null;
}

/** What the resolvers of `Conversation` start from: its id, and what is at hand already. */
export interface ConversationModel {
  readonly id: string;
  /** Where its stream stood before anything else of it was read. */
  readonly position?: Position;
  readonly row?: ConversationRow;
  readonly viewed?: ViewedConversation;
  /** Whether the viewer has just left it: they see nobody of it any more (R3). */
  readonly isLeft?: boolean;
}
