import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../../packages/embedded-postgres/src/free-port.js";

/** A load balancer of the test's own. */
export interface Balancer {
  /** The address of GraphQL through it, over HTTP and sockets. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts Debian's haproxy in front of nodes on these ports. Requests and sockets go to the nodes by
 * turns, without stickiness. A node that is not ready, or does not say so in a second, gets nothing new;
 * its sockets are left alone, so that a frozen node has all of them when it is thawed.
 */
export async function startHaproxy(
  nodePorts: readonly number[],
): Promise<Balancer> {
  const folder = await mkdtemp(join(tmpdir(), "acked-haproxy-"));
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  const servers = nodePorts.map(
    (nodePort, i) =>
      `  server node${i} 127.0.0.1:${nodePort} check inter 300 fall 2 rise 1`,
  );
  await writeFile(
    file,
    `global
  maxconn 2000
defaults
  mode http
  option redispatch
  retries 2
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  timeout check 1s
frontend clients
  bind 127.0.0.1:${port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /readyz
  http-check expect status 200
${servers.join("\n")}
`,
  );
  const child = spawn("haproxy", ["-db", "-f", file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const failure = once(child, "error").then(([error]: Error[]) => {
    throw new Error("the tests of nodes need Debian's haproxy", {
      cause: error,
    });
  });
  await Promise.race([failure, listening(port, () => said)]);
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** Waits until somebody listens on a port. */
async function listening(port: number, said: () => string): Promise<void> {
  const giveUpAtMs = performance.now() + 20_000;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    if (performance.now() > giveUpAtMs)
      throw new Error(`nobody listens on ${port}: ${said()}`);
    await delay(20);
  }
}
