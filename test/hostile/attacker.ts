import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";

/**
 * Where hostile load comes from: an address of loopback other than that of honest clients, so that limits by
 * address tell the two apart as they would on the internet.
 */
const localAddress = process.platform === "linux" ? "127.0.0.66" : undefined;

/** How long a hostile request waits for its answer, in milliseconds. */
const patienceMs = 120_000;

/** What one hostile user can do. Each function resolves with a word for how the server answered. */
export class Attacker {
  private readonly url: URL;
  private readonly token: string | null;
  readonly conversations: readonly string[];

  /** @param token null for a stranger */
  constructor(
    url: string,
    token: string | null,
    conversations: readonly string[],
  ) {
    this.url = new URL(url);
    this.token = token;
    this.conversations = conversations;
  }

  /** Sends an operation, and reads all of the answer without keeping it. */
  post(query: string, variables: object = {}): Promise<string> {
    const body = JSON.stringify({ query, variables });
    return new Promise((resolve) => {
      const sent = request(
        this.url,
        {
          ...{ method: "POST", localAddress, timeout: patienceMs },
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            ...(this.token !== null && {
              authorization: `Bearer ${this.token}`,
            }),
          },
        },
        (response) => {
          let start = "";
          response.on("data", (data: Buffer) => {
            if (start.length < 20_000) start += data.toString("latin1");
          });
          response.on("end", () => {
            const [, code = "ok"] = /"code":"(\w+)"/.exec(start) ?? [];
            resolve(`${String(response.statusCode)} ${code}`);
          });
          response.on("error", () => resolve("cut off"));
        },
      );
      sent.on("timeout", () => sent.destroy());
      sent.on("error", () => resolve("cut off"));
      sent.end(body);
    });
  }

  /** A bare connection; bytes may be sent over it as slowly as one likes. */
  async connection(): Promise<Socket> {
    const socket = connect({
      host: this.url.hostname,
      port: Number(this.url.port),
      ...(localAddress !== undefined && { localAddress }),
    });
    socket.on("error", () => undefined);
    socket.resume();
    await Promise.race([once(socket, "connect"), once(socket, "close")]);
    return socket;
  }

  /** A socket before `connection_init`. */
  async socket(): Promise<WebSocket> {
    const socket = new WebSocket(
      this.url.href.replace(/^http/, "ws"),
      "graphql-transport-ws",
      { localAddress, perMessageDeflate: false },
    );
    socket.on("error", () => undefined);
    await Promise.race([once(socket, "open"), once(socket, "close")]);
    return socket;
  }

  /** A socket that was let in, or was not. */
  async admitted(): Promise<WebSocket> {
    const socket = await this.socket();
    say(socket, {
      type: "connection_init",
      payload: { authorization: `Bearer ${this.token ?? ""}` },
    });
    if (socket.readyState === socket.OPEN)
      await Promise.race([once(socket, "message"), once(socket, "close")]);
    return socket;
  }
}

/** Sends a message, where the socket is still open. */
export function say(socket: WebSocket, message: unknown): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

/** Starts an operation. */
export function ask(
  socket: WebSocket,
  id: string,
  query: string,
  variables: object = {},
): void {
  say(socket, { id, type: "subscribe", payload: { query, variables } });
}

/** Waits until a socket is closed, or a time is over, and ends it. */
export async function endAfter(socket: WebSocket, ms: number): Promise<string> {
  if (socket.readyState === socket.CLOSED) return "closed before";
  const closed = once(socket, "close").then(
    ([code]) => `closed ${String(code)}`,
  );
  const timer = new Promise<string>((resolve) =>
    setTimeout(resolve, ms, "stayed open"),
  );
  const how = await Promise.race([closed, timer]);
  socket.terminate();
  return how;
}
