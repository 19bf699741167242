import { Batcher, notYet } from "../foundation/batcher.js";
import { AppError } from "../foundation/errors.js";
import { Turns } from "../foundation/turns.js";
import { isDatabaseUnavailable, isLockTimeout } from "./failure.js";

/** How long an item may wait for its turn to be written, wherever it waits. */
export const writeWaitMs = 15_000;

/**
 * Makes the turns of a node's statements that wait for locks. Four connections wait at most, three of
 * them for long, of a pool of ten. A lock of the ordinary kind is held for some milliseconds, so a
 * first turn mostly does.
 */
export function createLockTurns(): Turns {
  return new Turns({
    limit: 4,
    first: { longestMs: 200, rotationMs: 1_500 },
    later: { longestMs: 1_000, rotationMs: 2_000 },
  });
}

/** How items that wait for a lock are written. */
export interface LockQueueOptions<Item, Result> {
  /** Shared by all queues of a node. */
  turns: Turns;
  /**
   * Writes items of one key, waiting for locks for so long; fails with `lock_not_available` past it.
   * Answers `notYet` for an item whose lock it does not wait for.
   */
  write: (
    items: readonly Item[],
    waitMs: number,
  ) => Promise<readonly (Result | typeof notYet)[]>;
  /** Whose item it is: see `BatcherOptions`. */
  ownerOf?: (item: Item) => string | null;
  /** At most this many items go together. */
  maxBatch: number;
  /** At most this many items wait, over all keys; past it `submit` fails with UNAVAILABLE. */
  maxWaiting?: number;
  /** An item that has waited so long fails with UNAVAILABLE. */
  maxWaitMs?: number;
  /** Called with the key of each turn in which a lock was waited for in vain. */
  onHeld?: (key: string) => void;
  /** Called for each item that is turned away. */
  onOverload?: () => void;
}

/** How long an item waits again whose lock is not waited for. */
const pauseMs = 50;

/**
 * Writes that wait for a lock, apart from those that need not wait. Each key, a conversation for
 * instance, has a queue of its own, which gathers a batch while it waits for its turn. A queue that
 * got no lock in its turn asks for another one, behind the other queues.
 */
export class LockQueue<Item, Result> {
  private readonly queues = new Map<string, Batcher<Item, Result>>();
  private waiting = 0;
  private readonly options: LockQueueOptions<Item, Result>;

  constructor(options: LockQueueOptions<Item, Result>) {
    this.options = options;
  }

  /** Whether items of this key wait, so that another one should wait behind them. */
  has(key: string): boolean {
    return this.queues.has(key);
  }

  /** How many items wait or are being written. */
  get size(): number {
    return this.waiting;
  }

  /**
   * Hands in an item.
   * @throws {AppError} UNAVAILABLE when too much waits, or the item waits for too long: it was not written
   */
  async submit(key: string, item: Item): Promise<Result> {
    if (this.waiting >= (this.options.maxWaiting ?? 50_000)) {
      this.options.onOverload?.();
      throw new AppError(
        "UNAVAILABLE",
        "Too much is waiting; nothing was stored. Try again.",
      );
    }
    this.waiting++;
    try {
      return await (this.queues.get(key) ?? this.open(key)).submit(item);
    } finally {
      this.waiting--;
    }
  }

  private open(key: string): Batcher<Item, Result> {
    const { turns, write, ownerOf, maxBatch } = this.options;
    const { onHeld, onOverload } = this.options;
    let isHeld = false;
    let isPaused = false;
    const queue = new Batcher<Item, Result>({
      maxBatch,
      maxWaitMs: this.options.maxWaitMs ?? writeWaitMs,
      isOneItemsFault: (error) => !isDatabaseUnavailable(error),
      onIdle: () => this.queues.delete(key),
      ...(ownerOf && { ownerOf }),
      ...(onOverload && { onOverload }),
      async run(items) {
        if (isPaused) await new Promise((go) => setTimeout(go, pauseMs));
        return turns.take(!isHeld, async (waitMs) => {
          try {
            const results = await write(items, waitMs);
            isHeld = isPaused = results.includes(notYet);
            return results;
          } catch (error) {
            if (!isLockTimeout(error)) throw error;
            isHeld = true;
            isPaused = false;
            onHeld?.(key);
            return items.map(() => notYet);
          }
        });
      },
    });
    this.queues.set(key, queue);
    return queue;
  }
}
