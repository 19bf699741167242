import type { MessageKey, MessageRef } from "./message-id.js";

/** A stored message. Times are Postgres timestamps as text. */
export interface MessageRow extends MessageRef {
  /** The conversation's version that this message made. */
  readonly version: number;
  readonly senderId: string;
  readonly clientId: string;
  readonly body: string | null;
  readonly type: string;
  readonly fileType: string | null;
  readonly sentAt: string;
  readonly deletedAt: string | null;
  /** The transaction that sent it. */
  readonly xid: number;
}

/** A stored message for good. */
export function keyOf({ conversationId, seq, sentAt }: MessageRow): MessageKey {
  return { conversationId, seq, sentMs: Date.parse(sentAt) };
}
