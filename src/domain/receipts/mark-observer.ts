import type { Apart } from "./mark.js";
import type { ReceiptKind } from "./receipt.js";

/** How a mark ended: `unchanged` is a repeat, or a mark with nothing to mark. */
export const markOutcomes = [
  "changed",
  "unchanged",
  "not_found",
  "failed",
] as const;
export type MarkOutcomeName = (typeof markOutcomes)[number];

/** Told of the write path, for metrics. */
export interface MarkObserver {
  onBatch?: (size: number) => void;
  onOverload?: () => void;
  /** A mark goes apart from its lane. */
  onApart?: (reason: Apart) => void;
  /** A turn in which a conversation's lock was waited for in vain. */
  onHeld?: (key: string) => void;
  /** A mark has ended. Called for each mark: it only counts. */
  onMark?: (kind: ReceiptKind, outcome: MarkOutcomeName) => void;
}
