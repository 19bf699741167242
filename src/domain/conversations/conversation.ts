import type { MessageRow } from "../messages/message.js";
import type { PositionAt } from "./position.js";
import type { ReceiptPolicy } from "./receipt-policy.js";

/** A stored conversation. Times are Postgres timestamps as text. */
export interface ConversationRow extends PositionAt {
  readonly id: string;
  readonly title: string | null;
  /** The policy of messages that are sent from now on. */
  readonly receiptPolicy: ReceiptPolicy;
  readonly createdAt: string;
  /** When the newest message was sent, or the conversation made. */
  readonly activeAt: string;
}

/** A conversation as one of its present participants sees it. */
export interface ViewedConversation extends ConversationRow {
  /** The messages that the viewer may see (R3), as a multirange. */
  readonly visible: string;
  /** R14. */
  readonly unreadCount: number;
  /** R36. */
  readonly unreadMentionCount: number;
  /** R34; null where nothing is unread. */
  readonly firstUnreadSeq: number | null;
  /** R37; null where the viewer has not muted it. */
  readonly mutedUntil: string | null;
  /** The newest message that the viewer may see. */
  readonly lastMessage: MessageRow | null;
}
