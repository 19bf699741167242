import type { QueueEntry } from "./queue-storage.js";

/** A message as an app has it from its queries: enough to tell which marks cover which. */
export interface MarkedMessage {
  readonly id: string;
  readonly seq: number;
  readonly conversationId: string;
}

/** Which of the two acknowledgements a mark is. */
export type ReceiptKind = "DELIVERED" | "READ";

/** A mark that the server is still to be told of. */
export interface ReceiptMark extends QueueEntry {
  readonly messageId: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly kind: ReceiptKind;
  /** Whether it stands for every message up to this one as well. */
  readonly upTo: boolean;
}

/** Marks, and what they say together: an up-to mark says all lower ones, READ says DELIVERED. */
export class MarkSet {
  readonly #upTo = new Map<string, number>();
  readonly #single = new Set<string>();
  readonly #maxSingle: number;

  /** @param maxSingle how many single marks are remembered: beyond it, the oldest are forgotten */
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

  /** Whether what a mark says is said. */
  has({ kind, upTo, conversationId, seq, messageId }: ReceiptMark): boolean {
    const kinds: ReceiptKind[] = kind === "READ" ? [kind] : ["READ", kind];
    return kinds.some(
      (said) =>
        (this.#upTo.get(said + conversationId) ?? 0) >= seq ||
        (!upTo && this.#single.has(said + messageId)),
    );
  }
}

/** Of these marks, the ones that need not be sent: others say the same, or the server knows. */
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

/** Marks that may cover others before those. */
function byReach(a: ReceiptMark, b: ReceiptMark): number {
  return (
    Number(b.upTo) - Number(a.upTo) ||
    Number(b.kind === "READ") - Number(a.kind === "READ") ||
    b.seq - a.seq
  );
}
