import type { BusObserver, Loss } from "./observer.js";

/** At least so long from one comparison to the next: with frames lost all the time, one answers for many. */
const restMs = 500;

/**
 * Tells the listeners to compare where something may have been lost. What asks for it while one
 * comparison waits is answered by that comparison.
 */
export class Comparisons {
  private readonly compare: () => void;
  private readonly observer: BusObserver;
  private waiting: { timer: NodeJS.Timeout; dueMs: number; loss: Loss } | null =
    null;
  private lastMs = -Infinity;

  constructor(compare: () => void, observer: BusObserver) {
    this.compare = compare;
    this.observer = observer;
  }

  /** @param spreadMs it is made after a random part of this time: not by all nodes at once */
  ask(loss: Loss, spreadMs = 0): void {
    this.observer.onLoss(loss);
    const nowMs = performance.now();
    const dueMs = Math.max(
      nowMs + Math.random() * spreadMs,
      this.lastMs + restMs,
    );
    if (this.waiting && this.waiting.dueMs <= dueMs) return;
    const first = this.waiting?.loss ?? loss;
    clearTimeout(this.waiting?.timer);
    const timer = setTimeout(() => this.begin(first), dueMs - nowMs);
    timer.unref();
    this.waiting = { timer, dueMs, loss: first };
  }

  close(): void {
    clearTimeout(this.waiting?.timer);
  }

  private begin(loss: Loss): void {
    this.waiting = null;
    this.lastMs = performance.now();
    this.observer.onComparison(loss);
    this.compare();
  }
}
