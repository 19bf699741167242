import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { closings } from "./close-codes.js";
import { congestedBytes } from "./limits.js";

/**
 * Watches the write buffer of one socket, for all operations on that socket at once. A socket whose
 * buffer does not empty in time is closed as too slow (R24).
 */
export class DrainWatch {
  private readonly socket: WebSocket;
  private readonly stream: Duplex;
  private readonly stuckMs: number;
  private resumes: (() => void)[] = [];
  private stuck: NodeJS.Timeout | null = null;

  /**
   * @param stream the stream that the socket writes to
   * @param stuckMs how long the buffer may take to empty, in milliseconds
   */
  constructor(socket: WebSocket, stream: Duplex, stuckMs: number) {
    this.socket = socket;
    this.stream = stream;
    this.stuckMs = stuckMs;
  }

  /** Whether the buffer holds so much that no event should be added. */
  get isCongested(): boolean {
    return this.stream.writableLength > congestedBytes;
  }

  /** Whether a callback waits for the buffer to empty, and the time for that is running. */
  get isAwaited(): boolean {
    return this.stuck !== null;
  }

  /** Calls back once, when the operating system has taken everything that is buffered. */
  whenDrained(resume: () => void): void {
    this.resumes.push(resume);
    if (this.stuck) return;
    this.stuck = setTimeout(() => {
      const { code, reason } = closings.tooSlow;
      this.socket.close(code, reason);
    }, this.stuckMs);
    this.stuck.unref();
    this.stream.once("drain", () => {
      this.stop();
      const waiting = this.resumes;
      this.resumes = [];
      for (const resume of waiting) resume();
    });
  }

  /** Stops the clock: a closed socket needs no closing. */
  stop(): void {
    if (this.stuck) clearTimeout(this.stuck);
    this.stuck = null;
  }
}
