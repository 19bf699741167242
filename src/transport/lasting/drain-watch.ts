import type { Writable } from "node:stream";

/** With more bytes than this in its write buffer, a connection gets no events until its buffer is empty. */
const congestedBytes = 64 * 1_024;

/**
 * Watches the write buffer of one connection, for all operations on it at once. A connection whose
 * buffer does not empty in time is stuck, and is to be closed (R24).
 */
export class DrainWatch {
  private readonly stream: Pick<Writable, "writableLength" | "once">;
  private readonly stuckMs: number;
  private readonly onStuck: () => void;
  private resumes: (() => void)[] = [];
  private stuck: NodeJS.Timeout | null = null;

  /**
   * @param stream the stream that the connection writes to
   * @param stuckMs how long the buffer may take to empty, in milliseconds
   * @param onStuck closes the connection
   */
  constructor(
    stream: Pick<Writable, "writableLength" | "once">,
    stuckMs: number,
    onStuck: () => void,
  ) {
    this.stream = stream;
    this.stuckMs = stuckMs;
    this.onStuck = onStuck;
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
    this.stuck = setTimeout(this.onStuck, this.stuckMs);
    this.stuck.unref();
    this.stream.once("drain", () => {
      this.stop();
      const waiting = this.resumes;
      this.resumes = [];
      for (const resume of waiting) resume();
    });
  }

  /** Stops the clock: a closed connection needs no closing. */
  stop(): void {
    if (this.stuck) clearTimeout(this.stuck);
    this.stuck = null;
  }
}
