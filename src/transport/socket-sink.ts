import type { WebSocket } from "ws";
import type { Sink } from "../events/subscription.js";

/** With more than this buffered, a socket gets no more events until it has drained. */
const congestedBytes = 64 * 1_024;

const suffix = Buffer.from("}");

/** Notices when a congested socket has drained, for all operations on it at once. */
export class DrainWatch {
  private readonly socket: WebSocket;
  private readonly resumes: (() => void)[] = [];
  private readonly stuckMs: number;
  private stuck: NodeJS.Timeout | null = null;

  /** @param stuckMs a socket that has not drained for this long is closed with 4408 */
  constructor(socket: WebSocket, stuckMs: number) {
    this.socket = socket;
    this.stuckMs = stuckMs;
  }

  get isCongested(): boolean {
    return this.socket.bufferedAmount > congestedBytes;
  }

  /** Calls back, once, when everything that is buffered now has been handed to the system. */
  whenDrained(resume: () => void): void {
    this.resumes.push(resume);
    if (this.stuck) return;
    this.stuck = setTimeout(() => {
      this.socket.close(4408, "Too slow");
    }, this.stuckMs);
    this.stuck.unref();
    // Written after all that is buffered, so its callback says that all has gone out.
    this.socket.ping(undefined, false, (error: Error | null | undefined) => {
      this.stop();
      if (!error) for (const resume of this.resumes.splice(0)) resume();
    });
  }

  stop(): void {
    if (this.stuck) clearTimeout(this.stuck);
    this.stuck = null;
  }
}

/**
 * One subscription's end of a socket. A frame is the operation's own few bytes in front of bytes
 * that all subscribers of the same result share, so an event costs little more than the socket.
 */
export function createSocketSink(
  socket: WebSocket,
  drain: DrainWatch,
  operationId: string,
  complete: () => void,
): Sink {
  const prefix = Buffer.from(
    `{"id":${JSON.stringify(operationId)},"type":"next","payload":`,
  );
  return {
    send(payload) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(Buffer.concat([prefix, payload, suffix]), { binary: false });
    },
    get isCongested() {
      return drain.isCongested;
    },
    whenDrained: (resume) => drain.whenDrained(resume),
    complete,
  };
}
