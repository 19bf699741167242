import { withDeadline } from "../../foundation/deadline.js";

/** Counts the queries and mutations that run on all sockets, so that a stop can wait for them. */
export class OperationsUnderWay {
  private count = 0;
  private onIdle: (() => void) | null = null;

  /** Notes that an operation starts. Each `begin` needs its `end`. */
  begin(): void {
    this.count++;
  }

  /** Notes that an operation has ended. */
  end(): void {
    this.count--;
    if (this.count === 0) this.onIdle?.();
  }

  /**
   * Resolves when no operation runs and the sockets have been handed every answer, or when the grace
   * is over.
   */
  async idle(graceMs: number): Promise<void> {
    const isIdle = new Promise<void>((resolve) => {
      this.onIdle = resolve;
      if (this.count === 0) resolve();
    });
    await withDeadline(isIdle, graceMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
