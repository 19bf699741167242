import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { EventSink } from "../../stream/subscription.js";
import type { Outlet } from "./silent-iterator.js";

/** With more than this buffered, a socket gets no more events until it has drained. */
const congestedBytes = 64 * 1_024;

/** Notices when a congested socket has drained, for all operations on it at once. */
export class DrainWatch {
  private readonly socket: WebSocket;
  private readonly stream: Duplex;
  private readonly stuckMs: number;
  private resumes: (() => void)[] = [];
  private stuck: NodeJS.Timeout | null = null;

  /**
   * @param stream what the socket writes to
   * @param stuckMs a socket that has not drained for this long is closed with 4408
   */
  constructor(socket: WebSocket, stream: Duplex, stuckMs: number) {
    this.socket = socket;
    this.stream = stream;
    this.stuckMs = stuckMs;
  }

  get isCongested(): boolean {
    return this.stream.writableLength > congestedBytes;
  }

  /** Whether somebody waits for it to drain: then it ends by being stuck, not by missing a ping. */
  get isAwaited(): boolean {
    return this.stuck !== null;
  }

  /** Calls back, once, when everything that is buffered has been handed to the system. */
  whenDrained(resume: () => void): void {
    this.resumes.push(resume);
    if (this.stuck) return;
    this.stuck = setTimeout(() => {
      this.socket.close(4408, "Too slow");
    }, this.stuckMs);
    this.stuck.unref();
    this.stream.once("drain", () => {
      this.stop();
      const waiting = this.resumes;
      this.resumes = [];
      for (const resume of waiting) resume();
    });
  }

  stop(): void {
    if (this.stuck) clearTimeout(this.stuck);
    this.stuck = null;
  }
}

/**
 * One subscription's end of a socket. A frame is the operation's own few bytes in front of bytes
 * that all subscribers of the same result share, written at once, so an event costs little more
 * than the socket. Frames go straight to the stream: ws writes only whole frames to it, and with
 * compression off it writes them at once, so none is ever cut in two.
 */
export class SocketSink implements EventSink {
  private readonly socket: WebSocket;
  private readonly stream: Duplex;
  private readonly drain: DrainWatch;
  private readonly outlet: Outlet;
  private readonly prefix: Buffer;

  constructor(
    { socket, stream, drain }: SocketEnd,
    operationId: string,
    outlet: Outlet,
  ) {
    this.socket = socket;
    this.stream = stream;
    this.drain = drain;
    this.outlet = outlet;
    this.prefix = lasting(
      `{"id":${JSON.stringify(operationId)},"type":"next","payload":`,
    );
  }

  send(payload: Buffer): void {
    if (this.socket.readyState === this.socket.OPEN)
      this.stream.write(textFrame(this.prefix, payload));
  }

  get isCongested(): boolean {
    return this.drain.isCongested;
  }

  whenDrained(resume: () => void): void {
    this.drain.whenDrained(resume);
  }

  complete(): void {
    this.outlet.end();
  }
}

/** Bytes of their own: a slice of Node's shared pool would keep 8 KiB of it. */
function lasting(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** The server's end of a socket. */
export interface SocketEnd {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly drain: DrainWatch;
}

const finalText = 0x81;
const closingBrace = 0x7d;

/** A whole text frame (RFC 6455, 5.2) of a server: `prefix`, `payload` and a closing brace. */
function textFrame(prefix: Buffer, payload: Buffer): Buffer {
  const length = prefix.length + payload.length + 1;
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = finalText;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  prefix.copy(frame, headerLength);
  payload.copy(frame, headerLength + prefix.length);
  frame[headerLength + length - 1] = closingBrace;
  return frame;
}
