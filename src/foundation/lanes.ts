import { Batcher, type BatcherOptions } from "./batcher.js";

/** How lanes run. */
export interface LanesOptions<Item, Result> extends Omit<
  BatcherOptions<Item, Result>,
  "concurrency"
> {
  /** So many batches may be under way at once. */
  count: number;
  /** Items with the same key go by the same lane, in order. */
  laneKeyOf: (item: Item) => string;
}

/** Batchers side by side, each with one batch under way. What has the same key never meets itself. */
export class Lanes<Item, Result> {
  private readonly lanes: readonly Batcher<Item, Result>[];
  private readonly laneKeyOf: (item: Item) => string;

  constructor({ count, laneKeyOf, ...options }: LanesOptions<Item, Result>) {
    this.lanes = Array.from({ length: count }, () => new Batcher(options));
    this.laneKeyOf = laneKeyOf;
  }

  /**
   * Hands in an item.
   * @throws {AppError} UNAVAILABLE when too much waits, or the item waits for too long: it was not run
   */
  submit(item: Item): Promise<Result> {
    const lane = hash(this.laneKeyOf(item)) % this.lanes.length;
    return (this.lanes[lane] as Batcher<Item, Result>).submit(item);
  }

  /** How many items wait for their batch. */
  get size(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.size, 0);
  }
}

function hash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) >>> 0;
  return h;
}
