import type { QueueEntry } from "./queue-storage.js";

/** The fields of a message that a mark needs. */
export interface MarkedMessage {
  readonly id: string;
  readonly seq: number;
  readonly conversationId: string;
}

/** The two kinds of acknowledgement. */
export type ReceiptKind = "DELIVERED" | "READ";

/** A mark that the server does not have yet. */
export interface ReceiptMark extends QueueEntry {
  readonly messageId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly kind: ReceiptKind;
  /** Whether the mark stands for every earlier message of the conversation too. */
  readonly upTo: boolean;
  /** Of a READ: the newest cursor that the device had seen of the conversation (R32); absent where it had none. */
  readonly seen?: string;
  /**
   * Of a READ: when the device had last seen the conversation change, or its user had marked it as
   * unread, in milliseconds since 1970. A mark that was made before does not stand for one made since.
   */
  readonly sinceMs?: number;
}

/** From this message on the conversation is to show as unread; the server does not know it yet. */
export interface UnreadMark extends QueueEntry {
  readonly kind: "UNREAD";
  readonly messageId: string;
  readonly conversationId: string;
  /** The answer's cursor, once the server has the mark. */
  readonly cursor?: string;
}

/** An entry of a receipt queue. */
export type QueuedMark = ReceiptMark | UnreadMark;

/** A set of marks. An up-to mark includes the marks of all lower messages, READ includes DELIVERED. */
export class MarkSet {
  readonly #upTo = new Map<string, number>();
  /** The conversation of each single mark. */
  readonly #single = new Map<string, string>();
  readonly #maxSingle: number;

  /** @param maxSingle how many marks of single messages the set holds; beyond it, the oldest are dropped */
  constructor(maxSingle = Infinity) {
    this.#maxSingle = maxSingle;
  }

  add({ kind, upTo, conversationId, seq, messageId }: ReceiptMark): void {
    if (upTo) {
      const of = kind + conversationId;
      this.#upTo.set(of, Math.max(seq, this.#upTo.get(of) ?? 0));
    } else {
      this.#single.set(kind + messageId, conversationId);
      for (const oldest of this.#single.keys()) {
        if (this.#single.size <= this.#maxSingle) break;
        this.#single.delete(oldest);
      }
    }
  }

  /** Keeps of what was read in a conversation that it was delivered. */
  forgetReads(conversationId: string): void {
    for (const [said, of] of this.#single)
      if (of === conversationId && said.startsWith("READ")) {
        this.#single.delete(said);
        this.#single.set(said.replace("READ", "DELIVERED"), of);
      }
    const read = this.#upTo.get("READ" + conversationId) ?? 0;
    const delivered = this.#upTo.get("DELIVERED" + conversationId) ?? 0;
    this.#upTo.delete("READ" + conversationId);
    this.#upTo.set("DELIVERED" + conversationId, Math.max(read, delivered));
  }

  /** Whether the set includes a mark. */
  has({ kind, upTo, conversationId, seq, messageId }: ReceiptMark): boolean {
    const kinds: ReceiptKind[] = kind === "READ" ? [kind] : ["READ", kind];
    return kinds.some(
      (said) =>
        (this.#upTo.get(said + conversationId) ?? 0) >= seq ||
        (!upTo && this.#single.has(said + messageId)),
    );
  }
}

/** The marks that need not be sent, because other marks or `known` include them. */
export function redundantMarks(
  marks: readonly ReceiptMark[],
  known: MarkSet,
): ReceiptMark[] {
  const said = new MarkSet();
  return [...marks].sort(byReach).filter((mark) => {
    if (known.has(mark) || said.has(mark)) return true;
    said.add(mark);
    return false;
  });
}

/** Orders marks so that a mark comes after every mark that may include it. */
function byReach(a: ReceiptMark, b: ReceiptMark): number {
  return (
    (b.sinceMs ?? 0) - (a.sinceMs ?? 0) ||
    Number(b.upTo) - Number(a.upTo) ||
    Number(b.kind === "READ") - Number(a.kind === "READ") ||
    b.seq - a.seq
  );
}
