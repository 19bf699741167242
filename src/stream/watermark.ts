/**
 * The time up to which everything was sent to every subscription that is not behind, in milliseconds
 * since the epoch: what the cursor of a subscription to all conversations says.
 */
export class Watermark {
  private completeBeforeMs = 0;

  get ms(): number {
    return this.completeBeforeMs;
  }

  /** A sweep has ended: all before this time was sent. */
  advance(completeBeforeMs: number): void {
    this.completeBeforeMs = completeBeforeMs;
  }
}
