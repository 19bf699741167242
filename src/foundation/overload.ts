import { AppError } from "./errors.js";

/** The bounds past which a node sheds, and the times by which it decides. */
export interface OverloadLimits {
  /** How often the event loop is looked at, in milliseconds. */
  readonly sampleMs: number;
  /** A look that comes later than this, in milliseconds, is late. */
  readonly lateMs: number;
  /** So many late looks in a row begin the shedding. */
  readonly lateLooks: number;
  /** A look that is no later than this, in milliseconds, is calm. It is less than `lateMs`. */
  readonly calmMs: number;
  /** So many calm looks in a row end the shedding. */
  readonly calmLooks: number;
  /** With so many writes waiting shedding begins; it ends below half of it. */
  readonly waitingWrites: number;
}

/**
 * The bounds of a node. One look that is late begins nothing: a collection of garbage, or a process that was
 * frozen and goes on, is over when it is seen. 50,000 marks are written in some two seconds.
 */
export const overloadLimits: OverloadLimits = {
  sampleMs: 100,
  lateMs: 250,
  lateLooks: 4,
  calmMs: 100,
  calmLooks: 10,
  waitingWrites: 50_000,
};

/** Why a node sheds. */
export type OverloadReason = "event loop" | "waiting writes";

/** What is turned away: a request over HTTP, a new socket, an operation on a socket. */
export type Shed = "request" | "socket" | "operation";

/** Told of the shedding. */
export interface OverloadObserver {
  /** Called with each that is turned away. */
  readonly onShed: (what: Shed) => void;
  /** Called when the shedding begins, with its reason, and with null when it ends. */
  readonly onChange: (reason: OverloadReason | null) => void;
}

/** A client that is turned away comes back after this time at least, and up to five times as long. */
const leastRetryMs = 1_000;
const retrySpreadMs = 4_000;

/**
 * Turns new work away while a node is past its limits, so that work which it has accepted is done in time.
 *
 * ```
 * serving ── late looks in a row, or too many writes wait ──▶ shedding
 * serving ◀── calm looks in a row, with few writes waiting ── shedding
 * ```
 *
 * The bound is how late the event loop is, not how busy: at 36,000 marks a second the loop never rests, and
 * answers within milliseconds.
 */
export class Overload {
  private readonly limits: OverloadLimits;
  private readonly waitingWrites: () => number;
  private readonly observer: OverloadObserver;
  private readonly looks: NodeJS.Timeout;
  private lastLookMs = performance.now();
  private late = 0;
  private calm = 0;
  private isPast = false;

  /** @param waitingWrites how many writes wait now */
  constructor(
    limits: OverloadLimits,
    waitingWrites: () => number,
    observer: OverloadObserver,
  ) {
    this.limits = limits;
    this.waitingWrites = waitingWrites;
    this.observer = observer;
    this.looks = setInterval(() => this.look(), limits.sampleMs);
    this.looks.unref();
  }

  /** Whether new work is turned away now. */
  get isShedding(): boolean {
    if (!this.isPast && this.waitingWrites() >= this.limits.waitingWrites)
      this.begin("waiting writes");
    return this.isPast;
  }

  /**
   * The error for new work that is turned away; null where it is let in. Times to retry differ, so that those
   * who are turned away together do not come back together.
   */
  refusal(what: Shed): AppError | null {
    if (!this.isShedding) return null;
    this.observer.onShed(what);
    return new AppError(
      "UNAVAILABLE",
      "This node has too much to do; nothing was stored. Try again.",
      {
        retryAfterMs: Math.round(leastRetryMs + Math.random() * retrySpreadMs),
      },
    );
  }

  /** Ends the looks. */
  stop(): void {
    clearInterval(this.looks);
  }

  private look(): void {
    const nowMs = performance.now();
    const lateMs = nowMs - this.lastLookMs - this.limits.sampleMs;
    this.lastLookMs = nowMs;
    this.late = lateMs >= this.limits.lateMs ? this.late + 1 : 0;
    const isCalm =
      lateMs <= this.limits.calmMs &&
      this.waitingWrites() * 2 < this.limits.waitingWrites;
    this.calm = isCalm ? this.calm + 1 : 0;
    if (!this.isPast && this.late >= this.limits.lateLooks)
      this.begin("event loop");
    else if (this.isPast && this.calm >= this.limits.calmLooks) this.end();
  }

  private begin(reason: OverloadReason): void {
    this.isPast = true;
    this.calm = 0;
    this.observer.onChange(reason);
  }

  private end(): void {
    this.isPast = false;
    this.late = 0;
    this.observer.onChange(null);
  }
}
