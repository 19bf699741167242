import * as http from "node:http";
import * as https from "node:https";

/** Sends JSON to one address over connections that stay open. */
export interface Poster {
  /**
   * @returns the answer, with any status
   * @throws {Error} where no answer came: refused, reset, or silent for 30 s
   */
  post(
    token: string,
    body: unknown,
  ): Promise<{ statusCode: number; text: string }>;
  /** Closes the open connections. */
  close(): void;
}

const answerTimeoutMs = 30_000;

/**
 * Makes a poster over `node:http`. The connections that `fetch` keeps open cannot be closed, and a
 * server that drains would have to wait for them.
 */
export function createPoster(endpoint: URL): Poster {
  const { Agent, request } = endpoint.protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true });
  return {
    post: (token, body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          endpoint,
          {
            method: "POST",
            agent,
            headers: {
              authorization: `Bearer ${token}`,
              "content-type": "application/json",
              accept: "application/json",
            },
          },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on("data", (chunk: Buffer) => chunks.push(chunk));
            answer.on("error", reject);
            answer.on("end", () => {
              resolve({
                statusCode: answer.statusCode ?? 0,
                text: Buffer.concat(chunks).toString(),
              });
            });
          },
        );
        outgoing.setTimeout(answerTimeoutMs, () => {
          outgoing.destroy(
            new Error(`no answer within ${String(answerTimeoutMs)} ms`),
          );
        });
        outgoing.on("error", reject);
        outgoing.end(JSON.stringify(body));
      }),
    close: () => {
      agent.destroy();
    },
  };
}
