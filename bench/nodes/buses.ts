import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "../../packages/embedded-postgres/src/free-port.js";
import { until } from "../fanout/waiting.js";

/** How the nodes of a run tell each other. */
export type BusKind = "nats" | "postgres";

/** A bus, as BUS_URL names it. */
export interface BenchBus {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a bus; null where this machine has no nats-server. */
export function openBus(kind: BusKind): Promise<BenchBus | null> {
  switch (kind) {
    case "nats":
      return startNats();
    case "postgres":
      return Promise.resolve({
        url: "postgres",
        close: () => Promise.resolve(),
      });
  }
}

async function startNats(): Promise<BenchBus | null> {
  const port = await freePort();
  const child = spawn("nats-server", ["-a", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
  });
  const isThere = await Promise.race([
    once(child, "spawn").then(() => true),
    once(child, "error").then(() => false),
  ]).catch(() => false);
  if (!isThere) return null;
  await until("nats-server listens", () => listens(port));
  return {
    url: `nats://127.0.0.1:${port}`,
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
