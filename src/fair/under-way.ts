import type { Viewer } from "../auth/viewer.js";
import { AppError } from "../foundation/errors.js";
import { callerKey } from "./caller-key.js";
import type { FairQueue } from "./fair-queue.js";
import type { FairLimits, UnderWayLimits } from "./limits.js";
import type { FairObserver } from "./observer.js";

/** Where the answer of an operation goes. */
export interface Outlet {
  /** Whether so much is unsent that no answer should be added. */
  readonly isHeld: boolean;
  /** Whether nobody is there any more. */
  readonly isGone: boolean;
  /** Calls back once, when the unsent has gone out, or nobody is there any more. */
  whenFree(go: () => void): void;
}

/** An operation that was let in. It is left once, whether it ran or not. */
export interface Place {
  /**
   * Waits for the operation's turn.
   * @param isRead whether it is known to be a query: its answer is made in one go, that of a mark is short
   * @returns false where its client is gone: it is not to run
   */
  turn(outlet: Outlet, isRead?: boolean): Promise<boolean>;
  leave(): void;
}

interface Waiting {
  readonly outlet: Outlet;
  readonly isRead: boolean;
  readonly start: (runs: boolean) => void;
}

/** The operations of one user. */
interface Caller {
  readonly key: string;
  readonly limits: UnderWayLimits;
  /** So many may run now. */
  window: number;
  running: number;
  /** Of those that run, the queries. */
  reading: number;
  all: number;
  bytes: number;
  waiting: Waiting[];
  /** Outlets that will call back. */
  readonly held: Set<Outlet>;
}

/** The answers of one user that are being made stay within so many bytes, or are made one after the other. */
const answersBytes = 4 * 1_024 * 1_024;
/** A smaller answer than this narrows no window. */
const smallBytes = 64 * 1_024;

/** So many queries run at once of a user who has used much of the event loop of late, while others use it. */
const givingWay = 4;

const retryAfterMs = 1_000;

/**
 * The queries and mutations of each user, over all sockets and HTTP. Some of a user's run at once, and the
 * others wait for one another, in the order in which they came; so they wait for no other user's. An
 * operation whose client does not read its answers is passed over until the client does. Of a user who has used
 * much of the event loop of late, while others use it too, few queries run at once.
 */
export class UnderWay {
  private readonly limits: FairLimits;
  private readonly observer: FairObserver;
  private readonly queue: FairQueue;
  private readonly callers = new Map<string, Caller>();

  /** @param queue where operations that had to wait are started */
  constructor(limits: FairLimits, observer: FairObserver, queue: FairQueue) {
    this.limits = limits;
    this.observer = observer;
    this.queue = queue;
  }

  /**
   * Lets an operation in, at once.
   * @param bytes the length of its request
   * @returns RATE_LIMITED where the user has too many under way
   */
  admit(viewer: Viewer, bytes: number): Place | AppError {
    const key = callerKey(viewer);
    const caller = this.callers.get(key) ?? this.newCaller(viewer, key);
    const { all, bytes: allBytes } = caller.limits;
    // A first operation is let in whatever its length.
    if (
      caller.all >= all ||
      (caller.all > 0 && caller.bytes + bytes > allBytes)
    ) {
      this.observer.onRefused("operations");
      return new AppError("RATE_LIMITED", "Too many operations under way.", {
        retryAfterMs,
      });
    }
    this.callers.set(key, caller);
    caller.all++;
    caller.bytes += bytes;
    let isRunning = false;
    let isReading = false;
    return {
      turn: async (outlet, isRead = false) => {
        isReading = isRead;
        isRunning = await new Promise<boolean>((start) => {
          caller.waiting.push({ outlet, isRead, start });
          this.proceed(caller);
        });
        return isRunning;
      },
      leave: () => {
        caller.all--;
        caller.bytes -= bytes;
        if (isRunning) caller.running--;
        if (isRunning && isReading) caller.reading--;
        if (isRunning && caller.window < caller.limits.running) caller.window++;
        if (caller.all === 0) this.callers.delete(key);
        else if (caller.waiting.length > 0)
          this.queue.start(key, () => this.proceed(caller));
      },
    };
  }

  /** Notes the length of an answer. Large answers let fewer of the user's operations run at once. */
  answered(viewer: Viewer, bytes: number): void {
    if (bytes <= smallBytes) return;
    const caller = this.callers.get(callerKey(viewer));
    if (!caller) return;
    const fitting = Math.max(1, Math.floor(answersBytes / bytes));
    caller.window = Math.min(caller.window, fitting);
  }

  /** How many operations wait for their turn. */
  get waiting(): number {
    let sum = 0;
    for (const { waiting } of this.callers.values()) sum += waiting.length;
    return sum;
  }

  private newCaller({ isService }: Viewer, key: string): Caller {
    const limits = this.limits[isService ? "service" : "user"].underWay;
    return {
      ...{ key, limits },
      window: Math.min(limits.first, limits.running),
      ...{
        running: 0,
        reading: 0,
        all: 0,
        bytes: 0,
        waiting: [],
        held: new Set(),
      },
    };
  }

  /** Starts what may run now. Those whose client is gone are told at once, and do not run. */
  private proceed(caller: Caller): void {
    const { held } = caller;
    const mayRead = this.queue.givesWay(caller.key) ? givingWay : Infinity;
    const left: Waiting[] = [];
    for (const [i, one] of caller.waiting.entries()) {
      const { outlet, isRead, start } = one;
      if (outlet.isGone) start(false);
      else if (caller.running >= caller.window) {
        left.push(...caller.waiting.slice(i));
        break;
      } else if (isRead && caller.reading >= mayRead) left.push(one);
      else if (outlet.isHeld) {
        left.push(one);
        if (held.has(outlet)) continue;
        held.add(outlet);
        outlet.whenFree(() => {
          held.delete(outlet);
          this.proceed(caller);
        });
      } else {
        caller.running++;
        if (isRead) caller.reading++;
        start(true);
      }
    }
    caller.waiting = left;
  }
}
