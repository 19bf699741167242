import { waitMs, type BackOff } from "./back-off.js";
import { browserConnectivity, type Connectivity } from "./connectivity.js";
import { failureOf, isPassing, type Failure } from "./failure.js";
import type { QueueState } from "./queue.js";

/** The outcome of a batch. An entry that is not mentioned is tried again. */
export interface Settlement<E> {
  /** Acknowledged entries. */
  readonly done?: readonly E[];
  /** Entries refused for good: not kept, and not acknowledged. */
  readonly dropped?: readonly E[];
  /** Entries to keep in another form. */
  readonly changed?: readonly E[];
  /** Why the others are tried again, after a back-off; absent where they are tried again at once. */
  readonly failure?: Failure | undefined;
}

/** The work of a send loop. */
export interface SendLoopOptions<E> {
  /** Resolves with the entries of the next batch; none where there is nothing to send. */
  readonly next: () => Promise<readonly E[]>;
  /** Sends a batch. A rejection is a failure of the whole batch. */
  readonly send: (batch: readonly E[]) => Promise<Settlement<E>>;
  /** Called with the outcome of each batch, before the next batch is asked for. */
  readonly settle: (settlement: Settlement<E>) => void;
  /** Runs `work` while no other tab runs its own; never where `signal` is aborted before. */
  readonly exclusively: (
    work: () => Promise<void>,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly backOff: BackOff;
  readonly connectivity?: Connectivity | undefined;
  /** Called when `state` or `failure` may have changed. */
  readonly onChange: () => void;
}

/**
 * Sends a queue's entries, batch after batch, while there are any. The loop rests until it is woken.
 * One batch is under way at a time. After a failure the loop waits for the back-off; after
 * UNAUTHENTICATED it pauses until `resume`.
 */
export class SendLoop<E> {
  readonly #options: SendLoopOptions<E>;
  readonly #retries;
  readonly #closing = new AbortController();
  readonly #stopListening;
  /** The callers of `flush`. */
  #flushing: ((failure: Failure | null) => void)[] = [];
  #running: Promise<void> | null = null;
  #hasMore = false;
  #isPaused = false;
  #isSending = false;
  #isResumed = false;
  #failure: Failure | null = null;

  constructor(options: SendLoopOptions<E>) {
    this.#options = options;
    const { connectivity = browserConnectivity } = options;
    this.#retries = createRetries(options.backOff);
    this.#stopListening = connectivity.onOnline(() => this.#retryNow());
  }

  get state(): QueueState {
    if (this.#closing.signal.aborted) return "closed";
    if (this.#isSending) return "sending";
    if (this.#isPaused) return "paused";
    return this.#running ? "waiting" : "idle";
  }

  /** Why the last batch failed; null once a batch succeeded. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** Says that there may be entries to send. */
  wake(): void {
    this.#hasMore = true;
    if (this.#running || this.#isStopped()) return;
    this.#running = this.#options
      .exclusively(() => this.#drain(), this.#closing.signal)
      .finally(() => {
        this.#running = null;
        this.#options.onChange();
        if (this.#hasMore && !this.#isStopped()) this.wake();
        else this.#endFlush(this.#isStopped() ? stopped : null);
      });
  }

  /** Says that the entries changed. Ends a back-off after a failure that only some entries cause. */
  entriesChanged(): void {
    this.wake();
    // The server answers: a new entry need not wait for the entry that the server failed on.
    if (this.#failure && !isPassing(this.#failure)) this.#retries.endWait();
  }

  /** Holds the next batch back. A batch under way is settled. */
  pause(): void {
    this.#isPaused = true;
    this.#retries.endWait();
    this.#options.onChange();
  }

  /** Goes on at once, with a back-off that starts anew. */
  resume(): void {
    this.#isPaused = false;
    this.#isResumed = true;
    this.#retryNow();
    this.#options.onChange();
  }

  /** Sends at once. Resolves when nothing is left to send; rejects at the first failure. */
  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isStopped()) {
        reject(errorOf(this.#failure ?? stopped));
        return;
      }
      this.#flushing.push((failure) =>
        failure ? reject(errorOf(failure)) : resolve(),
      );
      this.#retryNow();
    });
  }

  /** Ends the loop. Resolves when the batch under way is settled. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#retries.endWait();
    this.#stopListening();
    await this.#running;
  }

  #isStopped(): boolean {
    return this.#isPaused || this.#closing.signal.aborted;
  }

  /** Sends batches until no entry is left. */
  async #drain(): Promise<void> {
    for (;;) {
      this.#hasMore = false;
      const batch = await this.#options.next();
      if (this.#isStopped() || batch.length === 0) return;
      const failure = await this.#send(batch);
      if (!failure) this.#retries.restart();
      else if (failure.code === "UNAUTHENTICATED")
        this.#isPaused ||= !this.#isResumed;
      else if (!this.#isStopped()) {
        this.#options.onChange();
        await this.#retries.wait(failure.retryAfterMs);
      }
    }
  }

  async #send(batch: readonly E[]): Promise<Failure | null> {
    this.#isSending = true;
    this.#isResumed = false;
    this.#options.onChange();
    const settlement = await this.#options
      .send(batch)
      .catch((error: unknown): Settlement<E> => ({
        failure: failureOf(error),
      }));
    this.#isSending = false;
    this.#failure = settlement.failure ?? null;
    this.#options.settle(settlement);
    if (this.#failure) this.#endFlush(this.#failure);
    return this.#failure;
  }

  #endFlush(failure: Failure | null): void {
    for (const end of this.#flushing.splice(0)) end(failure);
  }

  #retryNow(): void {
    this.#retries.restart();
    this.wake();
  }
}

/** Why a loop that was paused or closed sends nothing. */
const stopped: Failure = {
  code: "UNAVAILABLE",
  message: "The queue is paused or closed.",
};

function errorOf(failure: Failure): Error {
  return Object.assign(new Error(failure.message), { failure });
}

/** The waits between failed attempts. */
function createRetries(backOff: BackOff) {
  let attempt = 0;
  let endWait = (): void => undefined;
  return {
    /** Waits for the back-off, which grows with each call. */
    wait(retryAfterMs?: number): Promise<void> {
      const ms = waitMs(backOff, attempt++, retryAfterMs);
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        endWait = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    endWait: () => endWait(),
    /** Ends a wait, and lets the back-off start anew. */
    restart() {
      attempt = 0;
      endWait();
    },
  };
}
