import { once } from "node:events";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";

/** A message of the protocol, as the server sent it. */
export interface ProtocolMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** How a socket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** A socket that sends whatever it is told to, and keeps all that comes. */
export class RawSocket {
  /** All messages so far, taken or not. */
  readonly received: ProtocolMessage[] = [];
  /** Resolves once the socket is closed. */
  readonly closed: Promise<SocketEnd>;
  readonly socket: WebSocket;
  private taken = 0;
  private end: SocketEnd | null = null;
  private wake = (): void => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer) => {
      this.received.push(JSON.parse(data.toString()) as ProtocolMessage);
      this.wake();
    });
    this.closed = new Promise((resolve) =>
      socket.once("close", (code, reason) => {
        this.end = { code, reason: reason.toString() };
        resolve(this.end);
        this.wake();
      }),
    );
  }

  /**
   * @param url `ws://…`
   * @param protocols the subprotocols that are offered
   */
  static async open(
    url: string,
    protocols: string | string[] = "graphql-transport-ws",
  ): Promise<RawSocket> {
    const raw = new RawSocket(new WebSocket(url, protocols));
    await Promise.race([once(raw.socket, "open"), raw.closed]);
    return raw;
  }

  /** Opens a socket and waits until it is let in. */
  static async admitted(url: string, token: string): Promise<RawSocket> {
    const raw = await RawSocket.open(url);
    raw.init(token);
    const { type } = await raw.next();
    if (type !== "connection_ack") throw new Error(`expected an ack: ${type}`);
    return raw;
  }

  init(token: string): void {
    this.send({
      type: "connection_init",
      payload: { authorization: `Bearer ${token}` },
    });
  }

  /** Sends a value as JSON, and a text or bytes as they are. */
  send(message: unknown): void {
    const isRaw = typeof message === "string" || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message), {
      binary: false,
    });
  }

  /** Writes bytes past the framing of WebSocket. */
  sendBytes(bytes: Buffer): void {
    (Reflect.get(this.socket, "_socket") as Duplex).write(bytes);
  }

  subscribe(
    id: string,
    query: string,
    variables: Record<string, unknown> = {},
  ): void {
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }

  /** The next message that nobody has taken. Rejects where the socket closes instead. */
  async next(timeoutMs = 20_000): Promise<ProtocolMessage> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const message = this.received[this.taken];
      if (message) {
        this.taken++;
        return message;
      }
      if (this.end)
        throw new Error(
          `the socket was closed: ${this.end.code} ${this.end.reason}`,
        );
      const leftMs = giveUpAt - performance.now();
      if (leftMs <= 0) throw new Error(`no message in ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /**
   * Waits until everything sent so far has been handled: the server answers messages of the protocol's
   * own in their order.
   */
  async settled(): Promise<void> {
    const stamp = Math.random();
    this.send({ type: "ping", payload: { stamp } });
    while (
      !this.received.some(
        ({ type, payload }) =>
          type === "pong" &&
          (payload as { stamp?: number } | undefined)?.stamp === stamp,
      )
    )
      await this.next();
  }

  /** Ends the connection without a word. */
  terminate(): void {
    this.socket.terminate();
  }
}
