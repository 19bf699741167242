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
}

/** A set of marks. An up-to mark includes the marks of all lower messages, READ includes DELIVERED. */
export class MarkSet {
  readonly #upTo = new Map<string, number>();
  readonly #single = new Set<string>();
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
      this.#single.add(kind + messageId);
      for (const oldest of this.#single) {
        if (this.#single.size <= this.#maxSingle) break;
        this.#single.delete(oldest);
      }
    }
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
    Number(b.upTo) - Number(a.upTo) ||
    Number(b.kind === "READ") - Number(a.kind === "READ") ||
    b.seq - a.seq
  );
}
