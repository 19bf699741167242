import { withDeadline } from "../foundation/deadline.js";
import type { Bus, Notice } from "./bus.js";
import { Comparisons } from "./comparisons.js";
import { decodeFrame } from "./frame.js";
import type { Line, LineKind } from "./line.js";
import type { BusObserver } from "./observer.js";
import { Publisher } from "./publisher.js";
import { Senders, silenceMs } from "./senders.js";

/** How often the bus looks who is silent, itself included. */
const tickMs = 500;
/** A look that comes so late says that this process did not run. */
const lateMs = 2_000;
/** After a reconnect not all nodes compare at once. */
const spreadMs = 500;
const leaveMs = 400;
const closeMs = 100;

interface Listener {
  readonly onNotice: (notice: Notice) => void;
  readonly compare: (() => void) | undefined;
}

/** How a bus on a line is made. */
export interface LineBusOptions {
  readonly kind: LineKind;
  readonly observer: BusObserver;
  /** Told of failures of listeners. */
  readonly onError: (error: unknown) => void;
}

/**
 * A bus between nodes, on any line. Losses are noticed by the numbers of frames ({@link Senders}). A node
 * hears its own frames as well: while it does not, its line is of no use, however healthy it looks, and
 * is made anew.
 */
export class LineBus implements Bus {
  /** Resolves once frames of this node have come back to it. */
  readonly connected: Promise<void>;
  private readonly options: LineBusOptions;
  private readonly line: Line;
  private readonly publisher: Publisher;
  private readonly senders = new Senders();
  private readonly comparisons: Comparisons;
  private readonly listeners = new Set<Listener>();
  private readonly timer: NodeJS.Timeout;
  private onceConnected = (): void => undefined;
  private isOpen = false;
  private isHeard = false;
  private ownHeardMs = -Infinity;
  private tickedMs = performance.now();

  constructor(options: LineBusOptions) {
    this.options = options;
    const { kind, observer } = options;
    this.connected = new Promise((resolve) => (this.onceConnected = resolve));
    this.comparisons = new Comparisons(() => this.compare(), observer);
    this.publisher = new Publisher({
      minIntervalMs: kind.minIntervalMs,
      repeatMs: kind.repeatMs,
      observer,
      hasPeers: () => this.senders.count > 0,
      send: (frame) => this.line.send(frame),
    });
    this.line = kind.open({
      onFrame: (bytes) => this.onFrame(bytes),
      onOpened: () => this.onOpened(),
      onLost: (error) => this.onLost(error),
      onProblem: (error) => observer.onProblem(error),
    });
    this.timer = setInterval(() => this.tick(), tickMs);
    this.timer.unref();
  }

  get isConnected(): boolean {
    return this.isOpen && this.isHeard;
  }

  /** For each other node, for how many milliseconds it was not heard. */
  silences(): Map<string, number> {
    return this.senders.ages(performance.now());
  }

  publish(notice: Notice): void {
    this.tell(notice);
    this.publisher.add(notice);
  }

  listen(onNotice: (notice: Notice) => void, compare?: () => void): () => void {
    const listener = { onNotice, compare };
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.comparisons.close();
    this.listeners.clear();
    await this.publisher.leave(leaveMs);
    await withDeadline(this.line.close(), closeMs);
  }

  private onOpened(): void {
    this.isOpen = true;
    this.ownHeardMs = performance.now();
    this.publisher.onOpened();
    this.comparisons.ask("connected", spreadMs);
  }

  private onLost(error: unknown): void {
    this.isOpen = this.isHeard = false;
    this.publisher.onLost();
    this.options.observer.onLost(error);
  }

  private onFrame(bytes: Buffer): void {
    const frame = decodeFrame(bytes);
    if (typeof frame === "string") {
      this.comparisons.ask("unreadable");
      return;
    }
    const nowMs = performance.now();
    if (frame.sender === this.publisher.id) {
      this.onOwnFrame(nowMs);
      return;
    }
    this.options.observer.onHeard(frame.notices.length);
    const loss = this.senders.hear(frame, nowMs);
    for (const notice of frame.notices) this.tell(notice);
    if (loss !== null) this.comparisons.ask(loss);
  }

  private onOwnFrame(nowMs: number): void {
    this.ownHeardMs = nowMs;
    if (this.isHeard || !this.isOpen) return;
    this.isHeard = true;
    this.options.observer.onConnected();
    this.onceConnected();
  }

  private tick(): void {
    const nowMs = performance.now();
    const stoodStill = nowMs - this.tickedMs >= lateMs;
    this.tickedMs = nowMs;
    if (stoodStill) {
      // What came meanwhile is heard after this: the others are not silent because this process was.
      this.senders.excuse(nowMs);
      this.ownHeardMs = nowMs;
      this.comparisons.ask("stood still");
    }
    for (let i = this.senders.forgetSilent(nowMs); i > 0; i--)
      this.comparisons.ask("silence");
    if (this.isOpen && nowMs - this.ownHeardMs >= silenceMs) {
      this.onLost(
        new Error("what this node sends on the bus does not come back"),
      );
      this.line.renew();
    }
    this.publisher.beat(nowMs);
  }

  private tell(notice: Notice): void {
    for (const { onNotice } of this.listeners)
      try {
        onNotice(notice);
      } catch (error) {
        this.options.onError(error);
      }
  }

  private compare(): void {
    for (const { compare } of this.listeners)
      try {
        compare?.();
      } catch (error) {
        this.options.onError(error);
      }
  }
}
