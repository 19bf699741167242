import { z } from "zod";
import { within } from "../fanout/waiting.js";
import type { Place } from "../marks/chats.js";

const event = z.object({
  payload: z.object({
    data: z.object({
      messageStatusChanged: z.object({
        receipts: z.array(
          z.object({
            fromSeq: z.number(),
            toSeq: z.number(),
            participant: z.object({ user: z.object({ id: z.string() }) }),
          }),
        ),
      }),
    }),
  }),
});

/** Follows marks from the moment at which they were due until an event tells of them. */
export class Stopwatch {
  private readonly due = new Map<string, number>();
  private taken: number[] = [];
  private onNone: () => void = () => undefined;

  /** A mark that is due at a moment of `performance.now()`. */
  start(userId: string, { conversationId, seq }: Place, dueMs: number): void {
    this.due.set(`${conversationId} ${seq} ${userId}`, dueMs);
  }

  /** An event of a conversation: it may tell of many marks, and of a mark that was told before. */
  seen(conversationId: string, text: string): void {
    const now = performance.now();
    const { receipts } = event.parse(JSON.parse(text)).payload.data
      .messageStatusChanged;
    for (const { fromSeq, toSeq, participant } of receipts)
      for (let seq = fromSeq; seq <= toSeq; seq++) {
        const key = `${conversationId} ${seq} ${participant.user.id}`;
        const dueMs = this.due.get(key);
        if (dueMs === undefined) continue;
        this.due.delete(key);
        this.taken.push(now - dueMs);
      }
    if (this.due.size === 0) this.onNone();
  }

  /**
   * Waits until every mark has been seen.
   * @returns the duration of each in milliseconds, the shortest first
   */
  async allSeen(): Promise<number[]> {
    if (this.due.size > 0)
      await within(
        "an event for each mark",
        new Promise<void>((resolve) => (this.onNone = resolve)),
      );
    const taken = this.taken.sort((a, b) => a - b);
    this.taken = [];
    this.onNone = () => undefined;
    return taken;
  }
}

/** The value that a share of the sorted values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
}
