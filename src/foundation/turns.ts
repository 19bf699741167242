/** How long turns of one kind may wait. */
interface Share {
  /** The longest that a turn may wait, in milliseconds. */
  readonly longestMs: number;
  /** Turns are the shorter the more of them are asked for, so that all have had theirs in about so much time. */
  readonly rotationMs: number;
}

/** How turns are given. */
export interface TurnsOptions {
  /** At most so many turns are under way at once, two at least. */
  readonly limit: number;
  readonly first: Share;
  /** Of turns after one that was in vain. */
  readonly later: Share;
}

/** What is done in a turn. It may wait for as long as it is told to, in milliseconds. */
type Work<T> = (waitMs: number) => Promise<T>;

/** Turns of one kind. */
interface Line {
  readonly share: Share;
  readonly waiting: (() => void)[];
  running: number;
}

/**
 * Turns for work that may have to wait for something that another holds, each of which takes a
 * connection. A first turn goes before later turns, so that what is held for a moment does not wait
 * for what is held for long. Within each kind the order is first in, first out. Neither kind takes all of
 * the turns: at least one is left to the other.
 */
export class Turns {
  private readonly first: Line;
  private readonly later: Line;
  private readonly limit: number;

  constructor({ limit, first, later }: TurnsOptions) {
    this.limit = limit;
    this.first = { share: first, waiting: [], running: 0 };
    this.later = { share: later, waiting: [], running: 0 };
  }

  /**
   * Works when it is its turn.
   * @param isFirst false where the turn before was in vain
   */
  async take<T>(isFirst: boolean, work: Work<T>): Promise<T> {
    const line = isFirst ? this.first : this.later;
    await new Promise<void>((start) => {
      line.waiting.push(start);
      this.proceed();
    });
    try {
      return await work(this.waitMsOf(line));
    } finally {
      line.running--;
      this.proceed();
    }
  }

  private waitMsOf({ share, waiting, running }: Line): number {
    const { longestMs, rotationMs } = share;
    const each = (rotationMs * (this.limit - 1)) / (running + waiting.length);
    return Math.min(longestMs, Math.ceil(each));
  }

  private proceed(): void {
    while (this.first.running + this.later.running < this.limit) {
      const line = [this.first, this.later].find(
        ({ waiting, running }) =>
          waiting.length > 0 && running < this.limit - 1,
      );
      const start = line?.waiting.shift();
      if (!line || !start) return;
      line.running++;
      start();
    }
  }
}
