import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import type { TestServer } from "./server.js";
import { waitFor } from "./wait.js";

/** The `Accept` headers of the two protocols. */
export const accepts = {
  events: "text/event-stream",
  parts: "multipart/mixed;boundary=graphql;subscriptionSpec=1.0",
} as const;

/** One operation over HTTP whose answer goes on, read as bytes. */
export class HttpStreamClient {
  text = "";
  /** Whether the server has ended the answer, and not just lost the connection. */
  isWhole = false;
  isGone = false;
  readonly response: IncomingMessage;
  private readonly arrived: unknown[] = [];
  private line = "";

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.take(text));
    response.on("end", () => (this.isWhole = true));
    response.on("error", () => undefined);
    response.on("close", () => (this.isGone = true));
  }

  /** Sends an operation with a token, and waits for the headers of the answer. */
  static async open(
    { url }: Pick<TestServer, "url">,
    token: string,
    accept: string,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<HttpStreamClient> {
    const asking = request(url, {
      method: "POST",
      agent: false,
      headers: {
        accept,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
    });
    asking.end(JSON.stringify({ query, variables }));
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    return new HttpStreamClient(response);
  }

  /** The results so far. */
  results<T>(): T[] {
    return this.arrived as T[];
  }

  /** Waits until there are so many results. */
  async until<T>(count: number): Promise<T[]> {
    await waitFor(() => {
      if (this.arrived.length < count)
        throw new Error(`${this.arrived.length} of ${count} results`);
    });
    return this.results<T>();
  }

  /** Waits until the answer is over, one way or the other. */
  async gone(): Promise<void> {
    await waitFor(() => {
      if (!this.isGone) throw new Error("the answer goes on");
    });
  }

  /** Stops reading: what the server sends stays in the system's buffers, then in the server's. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  /** The client leaves, without a word. */
  leave(): void {
    this.response.destroy();
  }

  /** Each result is one line, in both protocols. */
  private take(text: string): void {
    this.text += text;
    const lines = (this.line + text).split("\n");
    this.line = lines.pop() ?? "";
    for (const line of lines) {
      const [, event] = /^data: (\{.*\})$/.exec(line) ?? [];
      const [, part] = /^\{"payload":(\{.*\})\}\r$/.exec(line) ?? [];
      const json = event ?? part;
      if (json !== undefined) this.arrived.push(JSON.parse(json));
    }
  }
}
