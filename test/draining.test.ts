import { once } from "node:events";
import { expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { signToken } from "../src/auth/token.js";
import { stopBudget } from "../src/stop-budget.js";
import { cleanupsAfterEachTest } from "./support/for-file.js";
import {
  fromSources,
  post,
  startServerProcess,
} from "./support/server-process.js";
import { createTestDatabase, testSecret } from "./support/server.js";

// How a node of several leaves: its clients go to the others one after the other.

const cleanups = cleanupsAfterEachTest();

/** A socket that has been let in; `closed` resolves with the code. */
async function socketOf(url: string, token: string) {
  const socket = new WebSocket(
    url.replace("http", "ws"),
    "graphql-transport-ws",
  );
  const closed = once(socket, "close").then(([code]) => code as number);
  await once(socket, "open");
  const acknowledged = once(socket, "message");
  socket.send(
    JSON.stringify({
      type: "connection_init",
      payload: { authorization: `Bearer ${token}` },
    }),
  );
  await acknowledged;
  return { socket, closed };
}

it("serves on as not ready for DRAIN_DELAY_MS, then closes sockets in random order over DRAIN_MS", async () => {
  const { url: database, drop } = await createTestDatabase();
  cleanups.push(drop);
  const [delayMs, drainMs] = [4_000, 3_000];
  const server = await startServerProcess(fromSources, {
    env: {
      PORT: "0",
      AUTH_JWT_SECRET: testSecret,
      DATABASE_URL: database,
      DRAIN_DELAY_MS: String(delayMs),
      DRAIN_MS: String(drainMs),
    },
  });
  cleanups.push(() => server.kill());
  const token = await signToken(testSecret, { userId: "ann", ttlSeconds: 600 });
  const order: { place: number; atMs: number }[] = [];
  const closings: Promise<number>[] = [];
  const open = async (place: number) => {
    const { closed } = await socketOf(server.url, token);
    closings.push(closed);
    void closed.then(() => order.push({ place, atMs: performance.now() }));
  };
  for (let place = 0; place < 30; place++) await open(place);

  const toldAtMs = performance.now();
  server.process.kill("SIGTERM");
  const ready = new URL("/readyz", server.url);
  await vi.waitUntil(async () => (await fetch(ready)).status === 503);
  expect(await (await fetch(ready)).json()).toEqual({
    status: "not ready",
    reason: "This node is stopping.",
  });
  // A balancer that has not looked yet still sends clients here.
  await open(30);
  const asked = await post(server, token, "{ viewer { id } }");
  expect(await asked.json()).toEqual({ data: { viewer: { id: "ann" } } });

  await vi.waitUntil(() => order.length > 0, { timeout: 15_000 });
  const late = new WebSocket(
    server.url.replace("http", "ws"),
    "graphql-transport-ws",
  );
  expect(String(await once(late, "error"))).toContain("503");
  expect(new Set(await Promise.all(closings))).toEqual(new Set([1_001]));
  const [first] = order;
  const last = order.at(-1);
  if (!first || !last) throw new Error("no socket was closed");
  expect(first.atMs - toldAtMs).toBeGreaterThanOrEqual(delayMs - 50);
  expect(last.atMs - first.atMs).toBeGreaterThan(drainMs / 2);
  const places = order.map(({ place }) => place);
  expect(places).not.toEqual(places.toSorted((a, b) => a - b));
  expect(await server.ended).toEqual([0, null]);
}, 60_000);

it("the steps of a stop add up, to less than ten seconds where nothing is set", () => {
  const usual = stopBudget({ drainDelayMs: 0, drainMs: 1_000 });
  expect(usual.total).toBeLessThan(10_000);
  const spread = stopBudget({ drainDelayMs: 5_000, drainMs: 20_000 });
  expect(spread.closing).toBeGreaterThan(spread.drain);
  expect(spread.total - usual.total).toBe(
    5_000 + spread.closing - usual.closing,
  );
});
