import type { Witness } from "./cursor.js";
import { laterOf, type Snapshot } from "./snapshot.js";

/** A snapshot all of which was sent, and the newest change in it: what a cursor over all conversations says. */
export interface Watermark {
  readonly snapshot: Snapshot;
  readonly witness: Witness | null;
}

/** The later of two watermarks of one timeline. */
export function laterWatermark(one: Watermark, other: Watermark): Watermark {
  return laterOf(one.snapshot, other.snapshot) === one.snapshot ? one : other;
}
