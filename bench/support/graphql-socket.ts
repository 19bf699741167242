import { once } from "node:events";
import { WebSocket } from "ws";

interface Waiting {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A client of `graphql-transport-ws` that does as little as it can: it shares the machine with what
 * it measures. Answers come as text; operations take their variables as JSON.
 */
export class GraphqlSocket {
  private readonly socket: WebSocket;
  private readonly waiting = new Map<string, Waiting>();
  private readonly listeners = new Map<string, (event: string) => void>();
  private lastId = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer) => this.receive(data.toString()));
    socket.on("close", (code) => {
      for (const { reject } of this.waiting.values())
        reject(new Error(`the socket was closed with ${code}`));
    });
  }

  /** Connects and is let in. */
  static async open(
    host: string,
    authorization: string,
  ): Promise<GraphqlSocket> {
    const socket = new WebSocket(
      `ws://${host}/graphql`,
      "graphql-transport-ws",
      { perMessageDeflate: false },
    );
    await once(socket, "open");
    const admitted = once(socket, "message");
    const payload = { authorization };
    socket.send(JSON.stringify({ type: "connection_init", payload }));
    await Promise.race([
      admitted,
      once(socket, "close").then(([code]) => {
        throw new Error(`the socket was refused with ${String(code)}`);
      }),
    ]);
    return new GraphqlSocket(socket);
  }

  /**
   * Runs a query or mutation.
   * @throws where the answer has errors
   */
  execute(query: string, variables: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting.set(this.subscribe(query, variables), { resolve, reject });
    });
  }

  /** Starts a subscription and hands on each of its events. */
  listen(
    query: string,
    variables: string,
    onEvent: (event: string) => void,
  ): void {
    this.listeners.set(this.subscribe(query, variables), onEvent);
  }

  close(): void {
    this.socket.terminate();
  }

  private subscribe(query: string, variables: string): string {
    const id = String(++this.lastId);
    this.socket.send(
      `{"id":"${id}","type":"subscribe","payload":{"query":${JSON.stringify(query)},"variables":${variables}}}`,
    );
    return id;
  }

  private receive(text: string): void {
    if (text.endsWith('"type":"complete"}')) return;
    const [, id = ""] = /"id":"(\d+)"/.exec(text) ?? [];
    const listener = this.listeners.get(id);
    if (listener) {
      listener(text);
      return;
    }
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (!text.includes('"type":"next"') || text.includes('"errors":'))
      waiting?.reject(new Error(text));
    else waiting?.resolve(text);
  }
}
