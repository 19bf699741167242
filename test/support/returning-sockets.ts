/**
 * A process with the sockets of many users, who all come to a node at once, as after the death of another
 * one: the first line of its stdin is a {@link Crowd}. It prints one line of JSON, a {@link Returned}, when all are
 * served or the time is up, and keeps the sockets open until its stdin ends.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { signToken } from "../../src/auth/token.js";

/** Who comes. */
export interface Crowd {
  readonly url: string;
  readonly secret: string;
  /** Each with the place to go on from. */
  readonly users: readonly { id: string; conversationId: string }[];
  readonly after: Readonly<Record<string, string>>;
  readonly limitMs: number;
}

/** How they were received. */
export interface Returned {
  /** How long each took until its first event, in order, in milliseconds. */
  readonly servedMs: readonly number[];
  /** How often a socket was closed, by code. */
  readonly closes: Readonly<Record<string, number>>;
}

const lines = createInterface(process.stdin);
const [first] = (await once(lines, "line")) as [string];
const crowd = JSON.parse(first) as Crowd;
const query = `subscription ($id: ID, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) { cursor reset messageCount }
}`;
const servedMs: number[] = [];
const closes: Record<string, number> = {};
const tokens = await Promise.all(
  crowd.users.map(({ id }) =>
    signToken(crowd.secret, { userId: id, ttlSeconds: 3_600 }),
  ),
);
const begunMs = performance.now();

function come(i: number): void {
  const user = crowd.users[i];
  if (!user) return;
  const socket = new WebSocket(crowd.url, "graphql-transport-ws", {
    perMessageDeflate: false,
  });
  let isServed = false;
  socket.on("error", () => undefined);
  socket.on("open", () =>
    socket.send(
      JSON.stringify({
        type: "connection_init",
        payload: { authorization: `Bearer ${tokens[i] ?? ""}` },
      }),
    ),
  );
  socket.on("message", (data: Buffer) => {
    const { type } = JSON.parse(data.toString()) as { type: string };
    if (type === "connection_ack")
      socket.send(
        JSON.stringify({
          id: "1",
          type: "subscribe",
          payload: {
            query,
            variables: {
              id: user.conversationId,
              after: crowd.after[user.conversationId],
            },
          },
        }),
      );
    else if (type === "next" && !isServed) {
      isServed = true;
      servedMs.push(performance.now() - begunMs);
    } else if (type === "ping") socket.send('{"type":"pong"}');
    // An operation that was turned away: the client comes back, as `follow` does.
    else if (type === "error") socket.close();
  });
  socket.on("close", (code) => {
    closes[String(code)] = (closes[String(code)] ?? 0) + 1;
    if (!isServed) setTimeout(() => come(i), 1_000 + Math.random() * 2_000);
  });
}

crowd.users.forEach((_, i) => come(i));
const isOver = () =>
  servedMs.length === crowd.users.length ||
  performance.now() - begunMs > crowd.limitMs;
while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 20));
const returned: Returned = { servedMs, closes };
process.stdout.write(`${JSON.stringify(returned)}\n`);
lines.on("close", () => process.exit(0));
