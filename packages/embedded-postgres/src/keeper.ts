import { setTimeout as sleep } from "node:timers/promises";
import type { Lock } from "./lock.js";
import { endPostmaster, type Postmaster } from "./postmaster.js";

/** A Postgres that runs, and the right to use it. */
export interface Held {
  readonly postmaster: Postmaster;
  readonly lock: Lock;
}

/** Starts or finds a Postgres; on that port, where its URL was given out already. */
export type Acquire = (
  port: number | null,
  onEnded: () => void,
) => Promise<Held>;

/** How often it is started again, one after the other; with the waits between them half a minute. */
const maxStarts = 6;
const firstWaitMs = 1_000;
/** One that has run for that long has come to rest: what ends it later is another trouble. */
const restMs = 60_000;

/**
 * Keeps a Postgres running that ends by itself (a full disk, a kill, a crash that it does not recover
 * from): starts it again on the same port, and gives up where that is of no use.
 */
export class Keeper {
  private readonly acquire: Acquire;
  private readonly log: (message: string) => void;
  private readonly onFailure: (error: Error) => void;
  private current: Held | null = null;
  private startedAt = 0;
  private starts = 0;
  private reviving: Promise<void> = Promise.resolve();
  private stopping: Promise<void> | null = null;

  /** @param onFailure told once, when it is not started again any more */
  constructor(
    acquire: Acquire,
    log: (message: string) => void,
    onFailure: (error: Error) => void,
  ) {
    this.acquire = acquire;
    this.log = log;
    this.onFailure = onFailure;
  }

  /** Starts it for the first time. */
  async start(): Promise<Held> {
    const held = await this.acquire(null, () => this.onEnded());
    this.startedAt = performance.now();
    return (this.current = held);
  }

  /** Stops it, and frees the directory; waits for a start under way. May be called again. */
  stop(): Promise<void> {
    return (this.stopping ??= this.end());
  }

  private async end(): Promise<void> {
    await this.reviving;
    const held = this.current;
    await held?.lock.releaseAfter(() =>
      endPostmaster(held.postmaster, this.log),
    );
  }

  private onEnded(): void {
    if (this.stopping !== null) return;
    if (performance.now() - this.startedAt > restMs) this.starts = 0;
    this.reviving = this.revive();
  }

  private async revive(): Promise<void> {
    const ended = this.current;
    if (ended === null) return;
    let failure: unknown = null;
    while (this.stopping === null && this.starts < maxStarts) {
      const waitMs =
        this.starts === 0 ? 0 : firstWaitMs * 2 ** (this.starts - 1);
      await sleep(waitMs, undefined, { ref: false });
      this.starts++;
      if (this.isStopping()) return;
      try {
        this.current = await this.acquire(ended.postmaster.port, () =>
          this.onEnded(),
        );
        this.startedAt = performance.now();
        await ended.lock.abandon();
        this.log("the embedded Postgres runs again");
        return;
      } catch (error) {
        failure = error;
        this.log(
          `the embedded Postgres could not be started again: ${String(error)}`,
        );
      }
    }
    if (this.isStopping()) return;
    this.onFailure(
      new Error(
        `The embedded Postgres has ended by itself ${String(maxStarts)} times and is not started again.`,
        { cause: failure },
      ),
    );
  }

  private isStopping(): boolean {
    return this.stopping !== null;
  }
}
