import { isStranger, standsForMany } from "./caller-key.js";

/** Whoever used more of the event loop than this, of late, in milliseconds, uses much: 1 to 2 % of a core. */
const lightMs = 20;
/** What was used counts half after so long, in milliseconds. */
const halfLifeMs = 1_000;

export type Work = () => void;

/** Those whose work waits for the event loop, and what they have used of it. */
export class Owner {
  readonly waiting: Work[] = [];
  /** Whether it may be anybody: perhaps one of those who use much, who connects anew. */
  readonly isStranger: boolean;
  private readonly isMany: boolean;
  private usedMs = 0;
  private countedMs = performance.now();

  constructor(key: string) {
    this.isStranger = isStranger(key);
    this.isMany = standsForMany(key);
  }

  /** Counts time of the loop, in milliseconds. */
  use(ms: number, nowMs: number): void {
    this.usedMs = this.used(nowMs) + ms;
    this.countedMs = nowMs;
  }

  /** What was used, less what is long ago, in milliseconds. */
  used(nowMs: number): number {
    return this.usedMs === 0
      ? 0
      : this.usedMs * 0.5 ** ((nowMs - this.countedMs) / halfLifeMs);
  }

  /** Whether little was used of late. Those who stand for many are never said to use much. */
  get isLight(): boolean {
    return this.isMany || this.used(performance.now()) < lightMs;
  }
}
