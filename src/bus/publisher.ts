import { randomBytes } from "node:crypto";
import {
  setImmediate as nextTurn,
  setTimeout as sleep,
} from "node:timers/promises";
import { withDeadline } from "../foundation/deadline.js";
import type { Notice } from "./bus.js";
import { encodeFrame } from "./frame.js";
import type { LineKind } from "./line.js";
import type { BusObserver } from "./observer.js";

/** A node that has sent nothing for so long sends a frame without entries. */
const beatMs = 1_000;
/** More notices than these do not wait for a line that is down; some 4 MB. */
const mostWaiting = 20_000;
/** More frames than these are not kept for a repeat. */
const mostKept = 2_000;

interface SentFrame {
  readonly bytes: Buffer;
  readonly count: number;
  readonly atMs: number;
  readonly isLast: boolean;
  /** False where it is not known whether it left. */
  isSent: boolean;
}

/** What a publisher needs. */
export interface PublisherOptions extends Pick<
  LineKind,
  "minIntervalMs" | "repeatMs"
> {
  readonly send: (frame: Buffer) => Promise<void>;
  /** Whether any other node is known. */
  readonly hasPeers: () => boolean;
  readonly observer: BusObserver;
}

/**
 * Sends a node's notices in numbered frames. While a frame is under way, or the line is down, notices
 * gather; then they go together.
 */
export class Publisher {
  /** Of this process, until it ends. */
  readonly id = randomBytes(8).toString("hex");
  private readonly options: PublisherOptions;
  private waiting: Notice[] = [];
  /** Frames to be sent again. */
  private again: SentFrame[] = [];
  /** The newest frames with notices. */
  private kept: SentFrame[] = [];
  private number = 0;
  private isOpen = false;
  private isRunning = false;
  private isBeatDue = false;
  private lastMs = -Infinity;
  private lostMs: number | null = null;
  private leaving: { readonly resolve: () => void } | null = null;

  constructor(options: PublisherOptions) {
    this.options = options;
  }

  add(notice: Notice): void {
    if (!this.options.hasPeers()) {
      // Nobody is to hear of it. A node that is not known yet finds the number too high, and compares.
      this.number++;
      return;
    }
    if (this.waiting.length >= mostWaiting) {
      this.options.observer.onDropped(this.waiting.length);
      this.waiting = [];
      // The others see that a number is missing, and compare.
      this.number++;
    }
    this.waiting.push(notice);
    this.run();
  }

  /** The line is open. What was sent shortly before it was lost may not have arrived, and goes again. */
  onOpened(): void {
    const { repeatMs } = this.options;
    const fromMs = (this.lostMs ?? performance.now()) - repeatMs;
    this.lostMs = null;
    this.again = this.kept.filter(
      ({ atMs, isSent }) => !isSent || atMs >= fromMs,
    );
    this.isOpen = true;
    this.isBeatDue = true;
    this.run();
  }

  onLost(): void {
    this.isOpen = false;
    this.lostMs ??= performance.now();
  }

  /** Lets the others know that this node is there, where it was quiet. */
  beat(nowMs: number): void {
    // A little early, so that the next call is not needed for it.
    if (nowMs - this.lastMs < beatMs * 0.9) return;
    this.isBeatDue = true;
    this.run();
  }

  /** Sends what waits, and that this node leaves. */
  async leave(limitMs: number): Promise<void> {
    if (!this.isOpen) return;
    const left = new Promise<void>((resolve) => (this.leaving = { resolve }));
    this.run();
    await withDeadline(left, limitMs);
    this.isOpen = false;
    this.leaving = null;
  }

  private run(): void {
    if (this.isRunning || !this.isOpen) return;
    this.isRunning = true;
    void this.sendAll().finally(() => {
      this.isRunning = false;
      if (this.hasWork) this.run();
    });
  }

  private get hasWork(): boolean {
    return (
      this.again.length > 0 ||
      this.waiting.length > 0 ||
      this.isBeatDue ||
      this.leaving !== null
    );
  }

  private async sendAll(): Promise<void> {
    const { minIntervalMs, observer } = this.options;
    // What is published in one turn of the event loop goes together.
    await nextTurn();
    while (this.isOpen && this.hasWork) {
      const begunMs = performance.now();
      const frame = this.next(begunMs);
      this.lastMs = begunMs;
      this.isBeatDue = false;
      try {
        await this.options.send(frame.bytes);
      } catch {
        // The line says by itself that it is lost. Until it is open again nothing is sent.
        this.onLost();
        return;
      }
      frame.isSent = true;
      observer.onSent(frame.count);
      if (frame.isLast) {
        this.isOpen = false;
        this.leaving?.resolve();
        return;
      }
      const restMs = minIntervalMs - (performance.now() - begunMs);
      if (restMs > 0) await sleep(restMs);
    }
  }

  private next(atMs: number): SentFrame {
    const repeat = this.again.shift();
    if (repeat) return repeat;
    const isLast = this.waiting.length === 0 && this.leaving !== null;
    if (this.waiting.length > 0) this.number++;
    const { bytes, count } = encodeFrame(
      { sender: this.id, number: this.number, isLeaving: isLast },
      this.waiting,
    );
    this.waiting.splice(0, count);
    const frame = { bytes, count, atMs, isLast, isSent: false };
    if (count > 0) this.keep(frame);
    return frame;
  }

  private keep(frame: SentFrame): void {
    const { repeatMs } = this.options;
    const { kept } = this;
    kept.push(frame);
    let old = Math.max(0, kept.length - mostKept);
    while (old < kept.length - 1) {
      const oldest = kept[old];
      if (!oldest || frame.atMs - oldest.atMs <= repeatMs || !oldest.isSent)
        break;
      old++;
    }
    kept.splice(0, old);
  }
}
