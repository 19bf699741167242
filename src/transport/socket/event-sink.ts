import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { EventSink } from "../../stream/subscription.js";
import type { Connection } from "./connection.js";
import type { DrainWatch } from "./drain-watch.js";
import { nextFrame, nextPrefix } from "./frame.js";
import type { SilentIterator } from "./silent-iterator.js";

const nothing = (): void => undefined;

/**
 * Sends the results of one subscription to its socket. A frame is a few bytes of the operation in
 * front of a payload that all subscribers of the same result share. One write sends the frame, so an
 * event costs little more than the write. Frames go past ws, straight to the stream. That is safe:
 * without compression ws writes each of its frames at once and whole, so no frame is cut in two.
 *
 * A node keeps one event sink for each subscription, so methods and shared objects serve in place of
 * closures.
 */
export class SocketEventSink implements EventSink {
  private readonly socket: WebSocket;
  private readonly stream: Duplex;
  private readonly drain: DrainWatch;
  private readonly iterator: SilentIterator;
  private readonly prefix: Buffer;

  /** @param iterator the iterator that graphql-ws has for the same subscription */
  constructor(
    { socket, stream, drain }: Connection,
    operationId: string,
    iterator: SilentIterator,
  ) {
    this.socket = socket;
    this.stream = stream;
    this.drain = drain;
    this.iterator = iterator;
    this.prefix = nextPrefix(operationId);
  }

  /** Writes one result. A socket that is not open gets nothing. */
  send(payload: Buffer, taken: () => void = nothing): void {
    if (this.socket.readyState === this.socket.OPEN)
      this.stream.write(nextFrame(this.prefix, payload), taken);
  }

  /** Whether the socket's buffer holds so much that no event should be added. */
  get isCongested(): boolean {
    return this.drain.isCongested;
  }

  /** Calls back once, when the socket's buffer is empty. */
  whenDrained(resume: () => void): void {
    this.drain.whenDrained(resume);
  }

  /** Ends the subscription: the client gets `complete`, and nothing after it. */
  complete(): void {
    this.iterator.end();
  }
}
