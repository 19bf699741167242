import { MarkSet, type ReceiptMark } from "./marks.js";

/** How many acknowledged marks of single messages are remembered. */
const maxRemembered = 1_000;

/** What a device has seen of a conversation. */
export interface Sight {
  /** The newest cursor; absent where none was told, or the user has marked the conversation as unread since. */
  readonly seen?: string;
  /** Since when the device has seen this, in milliseconds since 1970; absent where it has seen nothing. */
  readonly sinceMs?: number;
}

const nothing: Sight = {};

/**
 * What a device has seen of each conversation, and the marks that the server has acknowledged since.
 * What the user has read may be unread again after any change: an event may tell of a flag that was
 * set on another device, merged with others' receipts (R33). Deliveries stay known.
 */
export class Sights {
  /** The marks that need not be sent again. */
  readonly known = new MarkSet(maxRemembered);
  readonly #sights = new Map<string, Sight>();
  #newestMs = 0;

  of(conversationId: string): Sight {
    return this.#sights.get(conversationId) ?? nothing;
  }

  /**
   * The device sees something new of a conversation, or its user marks it as unread: reads that were
   * acknowledged before are no longer known.
   */
  change(conversationId: string, seen?: string): void {
    const sinceMs = Math.max(Date.now(), this.#newestMs + 1);
    this.#newestMs = sinceMs;
    this.#sights.set(conversationId, {
      sinceMs,
      ...(seen !== undefined && { seen }),
    });
    this.known.forgetReads(conversationId);
  }

  /** The server has a mark. */
  acknowledge(mark: ReceiptMark): void {
    const { sinceMs = 0 } = this.of(mark.conversationId);
    const isCurrent = (mark.sinceMs ?? 0) >= sinceMs;
    this.known.add(isCurrent ? mark : { ...mark, kind: "DELIVERED" });
  }
}
