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

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8");
    response.on("data", (text: string) => (this.text += text));
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
    return [
      ...this.text.matchAll(/^(?:event: next\ndata: |\{"payload":)(.+)$/gm),
    ].flatMap(([line, text = ""]) => {
      const json = line.startsWith("{") ? text.trim().slice(0, -1) : text;
      try {
        return [JSON.parse(json) as T];
      } catch {
        return []; // it has not all arrived
      }
    });
  }

  /** Waits until there are so many results. */
  async until<T>(count: number): Promise<T[]> {
    await waitFor(() => {
      if (this.results().length < count)
        throw new Error(`${this.results().length} results: ${this.text}`);
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
}
