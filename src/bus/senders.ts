import type { Frame } from "./frame.js";
import type { Loss } from "./observer.js";

/** A sender sends a frame each second at least. One that is not heard for so long may be sending in vain. */
export const silenceMs = 3_000;

/** What is known of another node. */
interface Sender {
  /** The highest number heard. */
  last: number;
  heardMs: number;
}

/**
 * Keeps the numbers of the other nodes' frames, so that a loss is noticed. Times are in milliseconds of
 * one clock that never goes back.
 */
export class Senders {
  private readonly known = new Map<string, Sender>();

  get count(): number {
    return this.known.size;
  }

  /**
   * A frame was heard.
   * @returns what it says of those before it; null where none is missing
   */
  hear({ sender, number, notices, isLeaving }: Frame, nowMs: number) {
    const before = this.known.get(sender);
    const loss = before
      ? lossBetween(before.last, number, notices.length === 0)
      : "unknown";
    if (isLeaving) this.known.delete(sender);
    else if (before) {
      before.last = Math.max(before.last, number);
      before.heardMs = nowMs;
    } else this.known.set(sender, { last: number, heardMs: nowMs });
    return loss;
  }

  /**
   * Forgets those that have not been heard for {@link silenceMs}: what they send next is as of a sender
   * that was never heard.
   * @returns how many
   */
  forgetSilent(nowMs: number): number {
    let count = 0;
    for (const [sender, { heardMs }] of this.known)
      if (nowMs - heardMs >= silenceMs) {
        this.known.delete(sender);
        count++;
      }
    return count;
  }

  /** This process stood still: the time since they were heard is not theirs to answer for. */
  excuse(nowMs: number): void {
    for (const sender of this.known.values()) sender.heardMs = nowMs;
  }

  /** For each, how long ago it was heard. */
  ages(nowMs: number): Map<string, number> {
    return new Map(
      [...this.known].map(([sender, { heardMs }]) => [sender, nowMs - heardMs]),
    );
  }
}

function lossBetween(
  last: number,
  number: number,
  isEmpty: boolean,
): Loss | null {
  if (isEmpty) return number > last ? "behind" : null;
  // A number that was heard before is a repeat: a sender repeats what may not have arrived.
  return number > last + 1 ? "gap" : null;
}
