import { byTurns, newestOfMost } from "./by-turns.js";
import { AppError } from "./errors.js";
import { currentContext, forAll, type TraceContext } from "./tracer.js";

/** A result that says: not yet. The item waits again, ahead of all others, and goes with the next batch. */
export const notYet = Symbol("not yet");

/** How a batcher runs the items that it gathered. */
export interface BatcherOptions<Item, Result> {
  /** What its batches are called in traces; without a name they are not shown, and what they do is. */
  name?: string;
  /**
   * Runs a batch; answers one result for each item, in order, or {@link notYet}. A rejection fails
   * the batch.
   */
  run: (items: readonly Item[]) => Promise<readonly (Result | typeof notYet)[]>;
  /** The key of an item. Items with the same key in one batch are run once and share the result. */
  keyOf?: (item: Item) => string;
  /**
   * Whose item it is; null for nobody's. Where more waits than fits into a batch, owners take turns, and
   * where too much waits, the newest item of the owner with most is turned away.
   */
  ownerOf?: (item: Item) => string | null;
  /** At most this many items go together. */
  maxBatch?: number;
  /** At most this many items wait; past it one fails with UNAVAILABLE. */
  maxWaiting?: number;
  /**
   * An item that has waited so long for its batch to start fails with UNAVAILABLE. Without this
   * option items wait for as long as it takes.
   */
  maxWaitMs?: number;
  /** How many batches may be under way at once. One keeps items in order. */
  concurrency?: number;
  /**
   * Whether a failure may be one item's fault: the batch is then tried again in halves, until the
   * bad item stands alone. Without this option no failure is.
   */
  isOneItemsFault?: (error: unknown) => boolean;
  /** Called for each item turned away by `maxWaiting` or `maxWaitMs`. */
  onOverload?: () => void;
  /** Called when the last item has its result: nothing waits, and nothing is under way. */
  onIdle?: () => void;
  /** Called with the size of each batch that runs, before it runs. */
  onBatch?: (size: number) => void;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  /** When it was handed in, by `performance.now()`. */
  readonly sinceMs: number;
  /** Where the item belongs in a trace; null where there are none. */
  readonly context: TraceContext | null;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs items together that arrive while a batch is under way. An item that arrives at an idle
 * batcher runs at the end of the current turn of the event loop, with all other items of that turn.
 * There are no windows: under load batches grow by themselves, and without load nothing waits. The
 * only timer is that of `maxWaitMs`.
 *
 * The write lanes, the reads and the fan-out use it.
 */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private running = 0;
  private scheduled = false;
  private expiry: NodeJS.Timeout | null = null;
  private readonly options: Required<
    Pick<
      BatcherOptions<Item, Result>,
      | "run"
      | "ownerOf"
      | "maxBatch"
      | "maxWaiting"
      | "concurrency"
      | "isOneItemsFault"
    >
  > &
    BatcherOptions<Item, Result>;

  constructor(options: BatcherOptions<Item, Result>) {
    this.options = {
      ownerOf: () => null,
      maxBatch: 1_000,
      maxWaiting: 100_000,
      concurrency: 1,
      isOneItemsFault: () => false,
      ...options,
    };
  }

  private readonly owner = ({ item }: Waiting<Item, Result>) =>
    this.options.ownerOf(item);

  /**
   * Hands in an item.
   * @returns the item's result, once the batch with the item has run
   * @throws {AppError} UNAVAILABLE when too much waits, or the item waits for too long: it was not run
   */
  submit(item: Item): Promise<Result> {
    if (this.waiting.length >= this.options.maxWaiting) {
      this.options.onOverload?.();
      if (!this.makeRoomFor(item))
        return Promise.reject(unavailable("Too much is waiting"));
    }
    return new Promise((resolve, reject) => {
      const sinceMs = performance.now();
      const context = currentContext();
      this.waiting.push({ item, sinceMs, context, resolve, reject });
      this.schedule();
      this.watchExpiry();
    });
  }

  /** How many items wait for their batch. */
  get size(): number {
    return this.waiting.length;
  }

  /** Turns away an item of the owner who has most here; false where the newcomer's owner is that. */
  private makeRoomFor(newcomer: Item): boolean {
    const { ownerOf } = this.options;
    const found = newestOfMost(this.waiting, this.owner, ownerOf(newcomer));
    if (found === null) return false;
    for (const { reject } of this.waiting.splice(found, 1))
      reject(unavailable("Too much is waiting"));
    return true;
  }

  /** The items of the next batch. */
  private take(): Waiting<Item, Result>[] {
    const { maxBatch } = this.options;
    const isAll = this.waiting.length <= maxBatch;
    const { taken, left } = isAll
      ? { taken: this.waiting, left: [] }
      : byTurns(this.waiting, this.owner, maxBatch);
    this.waiting = left;
    return taken;
  }

  private schedule(): void {
    if (this.scheduled || this.running >= this.options.concurrency) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.start();
    });
  }

  private start(): void {
    this.expire();
    while (this.waiting.length > 0 && this.running < this.options.concurrency) {
      const batch = this.take();
      this.running++;
      void this.settle(batch).finally(() => {
        this.running--;
        this.proceed();
      });
    }
    this.watchExpiry();
    if (this.running === 0) this.proceed();
  }

  private proceed(): void {
    if (this.waiting.length > 0) this.schedule();
    else if (this.running === 0 && !this.scheduled) this.options.onIdle?.();
  }

  /** Keeps a timer for the item that has waited longest while items wait, and none while none does. */
  private watchExpiry(): void {
    const { maxWaitMs } = this.options;
    const [first] = this.waiting;
    if (maxWaitMs === undefined || (first && this.expiry)) return;
    if (this.expiry) clearTimeout(this.expiry);
    this.expiry = first
      ? setTimeout(
          () => {
            this.expiry = null;
            this.expire();
            this.watchExpiry();
          },
          first.sinceMs + maxWaitMs - performance.now(),
        )
      : null;
  }

  private expire(): void {
    const { maxWaitMs = Infinity } = this.options;
    const latest = performance.now() - maxWaitMs;
    const isExpired = ({ sinceMs }: Waiting<Item, Result>) => sinceMs <= latest;
    if (!this.waiting[0] || !isExpired(this.waiting[0])) return;
    const expired = this.waiting.filter(isExpired);
    this.waiting = this.waiting.filter((each) => !isExpired(each));
    for (const { reject } of expired) {
      this.options.onOverload?.();
      reject(unavailable("It waited for too long"));
    }
  }

  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const groups = this.group(batch);
    try {
      this.options.onBatch?.(groups.length);
      const items = groups.map(([first]) => first.item);
      const run = () => this.options.run(items);
      const results = await forAll(this.options.name, batch, run);
      if (results.length !== groups.length)
        throw new Error(`${groups.length} items, ${results.length} results`);
      const again: Waiting<Item, Result>[] = [];
      groups.forEach((group, i) => {
        const result = results[i] as Result | typeof notYet;
        if (result === notYet) again.push(...group);
        else for (const { resolve } of group) resolve(result);
      });
      if (again.length > 0) this.waiting = [...again, ...this.waiting];
    } catch (error) {
      if (groups.length > 1 && this.options.isOneItemsFault(error)) {
        const half = batch.length >> 1;
        await this.settle(batch.slice(0, half));
        await this.settle(batch.slice(half));
      } else for (const { reject } of batch) reject(error);
    }
  }

  private group(
    batch: readonly Waiting<Item, Result>[],
  ): [Waiting<Item, Result>, ...Waiting<Item, Result>[]][] {
    const { keyOf } = this.options;
    if (!keyOf) return batch.map((waiting) => [waiting]);
    const groups = new Map<
      string,
      [Waiting<Item, Result>, ...Waiting<Item, Result>[]]
    >();
    for (const waiting of batch) {
      const key = keyOf(waiting.item);
      const group = groups.get(key);
      if (group) group.push(waiting);
      else groups.set(key, [waiting]);
    }
    return [...groups.values()];
  }
}

function unavailable(why: string): AppError {
  return new AppError("UNAVAILABLE", `${why}; nothing was stored. Try again.`);
}
