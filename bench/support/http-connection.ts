import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * One kept-alive HTTP/1.1 connection, one request at a time. It reads answers with a Content-Length,
 * which all contenders send, and does as little as it can: it shares the machine with what it measures.
 */
export class HttpConnection {
  private readonly socket: Socket;
  private readonly host: string;
  private received = "";
  private waiting: {
    readonly resolve: (body: string) => void;
    readonly reject: (error: Error) => void;
  } | null = null;

  private constructor(host: string, socket: Socket) {
    this.host = host;
    this.socket = socket;
    // Bytes and characters are the same here, so that Content-Length counts both.
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => this.receive(chunk));
    socket.on("error", (error) => this.waiting?.reject(error));
    socket.on("close", () =>
      this.waiting?.reject(new Error("the connection was closed")),
    );
  }

  static async open(host: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(`http://${host}`);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.setNoDelay(true);
    await once(socket, "connect");
    return new HttpConnection(host, socket);
  }

  /**
   * Posts JSON.
   * @returns the answer's body
   * @throws where the status is not 200
   */
  post(path: string, authorization: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(
        `POST ${path} HTTP/1.1\r\nhost: ${this.host}\r\nauthorization: ${authorization}\r\n` +
          `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(chunk: string): void {
    this.received += chunk;
    const headEnd = this.received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = this.received.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    const end = headEnd + 4 + length;
    if (this.received.length < end) return;
    const body = this.received.slice(headEnd + 4, end);
    this.received = this.received.slice(end);
    const waiting = this.waiting;
    this.waiting = null;
    if (head.startsWith("HTTP/1.1 200 ")) waiting?.resolve(body);
    else waiting?.reject(new Error(`${head}\n${body}`));
  }
}
