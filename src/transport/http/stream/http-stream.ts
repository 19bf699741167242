import type { ServerResponse } from "node:http";
import type { EventSink } from "../../../stream/subscription.js";
import { DrainWatch } from "../../lasting/drain-watch.js";
import type { Lasting } from "../../lasting/leaving.js";
import { endings, type Ending, type StreamFormat } from "./formats.js";

/** One subscription as the body of one HTTP response, which goes on until the subscription ends. */
export class HttpStream implements EventSink, Lasting {
  private readonly raw: ServerResponse;
  private readonly format: StreamFormat;
  private readonly stuckMs: number;
  private readonly drain: DrainWatch;
  private isOver = false;
  private onOver = (): void => undefined;

  /** @param stuckMs how long the response may be stuck before it is broken off as too slow (R24) */
  constructor(raw: ServerResponse, format: StreamFormat, stuckMs: number) {
    this.raw = raw;
    this.format = format;
    this.stuckMs = stuckMs;
    this.drain = new DrainWatch(raw, stuckMs, () => this.terminate());
    raw.once("close", () => this.over());
    this.write(format.opening);
  }

  /** Calls back once, when nothing more is sent: at once, where that is so already. */
  whenOver(callback: () => void): void {
    if (this.isOver) callback();
    else this.onOver = callback;
  }

  send(payload: Buffer): void {
    if (!this.isOver) this.write(this.format.frame(payload));
  }

  get isCongested(): boolean {
    return this.drain.isCongested;
  }

  whenDrained(resume: () => void): void {
    this.drain.whenDrained(resume);
  }

  complete(): void {
    this.end(this.format.complete);
  }

  /** Ends the response, and not the subscription: the client subscribes again. */
  breakOff(ending: Ending): void {
    this.end(this.format.broken(ending));
  }

  /** Shows the client, and whoever stands between, that the server is there. */
  beat(): void {
    if (!this.isOver && !this.drain.isAwaited)
      this.write(this.format.heartbeat);
  }

  /** A stream has nothing that a stop should wait for. */
  idle(): Promise<void> {
    return Promise.resolve();
  }

  goAway(): void {
    this.breakOff(endings.goingAway);
  }

  whenGone(): Promise<unknown> {
    return new Promise((resolve) => this.raw.once("close", resolve));
  }

  terminate(): void {
    this.raw.destroy();
  }

  /**
   * Node keeps what is written to a response until the next turn. A follower that catches up would take its
   * stream for congested, and read the same messages from the database again for every two that it sends.
   */
  private write(bytes: string | Buffer): void {
    this.raw.write(bytes);
    this.raw.socket?.uncork();
  }

  private end(lastWords: string): void {
    if (this.isOver) return;
    this.raw.end(lastWords);
    // A client that does not read its last words is not waited for.
    const unread = setTimeout(() => this.terminate(), this.stuckMs);
    unread.unref();
    this.raw.once("close", () => clearTimeout(unread));
    this.over();
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.drain.stop();
    this.onOver();
  }
}
