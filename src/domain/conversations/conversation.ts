import type { MessageRow } from "../messages/message.js";
import type { PositionAt } from "./position.js";

/** A stored conversation. Times are Postgres timestamps as text. */
export interface ConversationRow extends PositionAt {
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
