import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { openSocket } from "../../packages/client/src/socket.js";

const closing: { close(): unknown }[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const each of closing.splice(0)) each.close();
});

it("a network that dies without a word is noticed, and another socket is opened", async () => {
  const http = createHttpServer();
  const sockets = new WebSocketServer({
    server: http,
    handleProtocols: () => "graphql-transport-ws",
  });
  let connections = 0;
  sockets.on("connection", (socket) => {
    connections++;
    socket.on("message", (data: Buffer) => {
      // The first connection acknowledges, and then never says a word.
      if (data.toString().includes("connection_init"))
        socket.send('{"type":"connection_ack"}');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  closing.push(http, sockets);
  vi.useFakeTimers({
    shouldAdvanceTime: true,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"],
  });
  const client = openSocket({
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    token: () => Promise.resolve("token"),
    backOff: { firstMs: 1, longestMs: 1 },
    socket: { webSocketImpl: WebSocket },
  });
  const closes: unknown[] = [];
  client.on("closed", (event) => closes.push(event));
  const stop = client.subscribe(
    { query: "subscription { a { cursor } }" },
    {
      next: () => undefined,
      error: () => undefined,
      complete: () => undefined,
    },
  );
  await vi.waitFor(() => expect(connections).toBe(1), { timeout: 20_000 });
  for (let seconds = 0; seconds < 120 && connections < 2; seconds++)
    await vi.advanceTimersByTimeAsync(1_000);
  await vi.waitFor(() => expect(connections).toBe(2), { timeout: 20_000 });
  expect(closes).toHaveLength(1);
  stop();
  await client.dispose();
  for (const socket of sockets.clients) socket.terminate();
});
