import { once } from "node:events";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { within } from "./waiting.js";

/** Sockets and HTTP streams that only count frames. Their CPU is not the server's, but they share the machine with it. */
export class Audience {
  private readonly sockets: WebSocket[] = [];
  private readonly streams: ClientRequest[] = [];
  private readonly newest: Buffer[] = [];
  private frames = 0;
  private awaited = Infinity;
  private onAwaited: () => void = () => undefined;

  get size(): number {
    return this.sockets.length + this.streams.length;
  }

  /** The newest frame of each socket. */
  get lastFrames(): readonly Buffer[] {
    return this.newest;
  }

  /**
   * Adds a socket and sends its first messages, each once the message before was answered; the
   * last message has no answer. Frames that arrive from then on are counted.
   */
  async join(
    url: string,
    protocol: string | null,
    messages: readonly unknown[],
  ): Promise<void> {
    const socket = new WebSocket(url, protocol === null ? [] : [protocol], {
      perMessageDeflate: false,
    });
    const place = this.sockets.push(socket) - 1;
    await once(socket, "open");
    for (const [i, message] of messages.entries()) {
      const isLast = i === messages.length - 1;
      const answered = isLast ? null : once(socket, "message");
      if (isLast) this.count(socket, place);
      socket.send(JSON.stringify(message));
      await answered;
    }
    if (messages.length === 0) this.count(socket, place);
  }

  /** Adds a stream: the answer to an operation, as events. */
  async joinStream(
    url: string,
    authorization: string,
    operation: unknown,
  ): Promise<void> {
    const asking = request(url, {
      method: "POST",
      agent: false,
      headers: {
        ...{ accept: "text/event-stream", authorization },
        "content-type": "application/json",
      },
    });
    const place = this.streams.push(asking) - 1;
    asking.on("error", () => undefined);
    asking.end(JSON.stringify(operation));
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    if (response.statusCode !== 200)
      throw new Error(`a stream was refused: ${String(response.statusCode)}`);
    let rest = "";
    response.on("data", (bytes: Buffer) => {
      const events = (rest + bytes.toString("latin1")).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events)
        if (event.startsWith("event: next"))
          this.take(Buffer.from(event, "latin1"), place);
    });
  }

  /** Runs an action, and waits until every socket has got the given number of frames. */
  async frameForEach(cause: () => unknown): Promise<void> {
    const everyoneHasIt = new Promise<void>((resolve) => {
      this.awaited = this.frames + this.size;
      this.onAwaited = resolve;
    });
    await cause();
    await within("a frame for everyone", everyoneHasIt);
    if (this.frames !== this.awaited)
      throw new Error(`${this.frames} frames; it should be ${this.awaited}`);
  }

  /** Sends a message from one of the sockets. */
  say(text: string): void {
    this.sockets[0]?.send(text);
  }

  leave(): void {
    for (const socket of this.sockets) socket.terminate();
    for (const stream of this.streams) stream.destroy();
  }

  private count(socket: WebSocket, place: number): void {
    socket.on("message", (frame: Buffer) => this.take(frame, place));
  }

  private take(frame: Buffer, place: number): void {
    this.newest[place] = frame;
    this.frames++;
    if (this.frames === this.awaited) this.onAwaited();
  }
}

/** The number of sockets that connect at a time. */
const atOnce = 50;

/** Lets a number of sockets join, a group at a time; each is called with its number from 0. */
export async function inGroups(
  count: number,
  join: (i: number) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < count; i += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, count - i) }, (_, j) =>
        join(i + j),
      ),
    );
}
