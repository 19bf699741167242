import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseBusUrl } from "../../src/bus/bus-url.js";
import type { LineKind } from "../../src/bus/line.js";
import { natsLine } from "../../src/bus/nats-line.js";
import { freePort } from "../../packages/embedded-postgres/src/free-port.js";

/** A NATS server of a test's own, Debian's. */
export interface OwnNats {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** It holds its connections and does nothing. */
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

/**
 * Starts servers that are one cluster, and tell their clients of each other.
 * @param config more lines of their configuration
 * @param firstPort of the first server; a free one where it is left out
 * @throws where nats-server is not installed
 */
export async function startNats(
  count = 1,
  config = "",
  firstPort?: number,
): Promise<OwnNats[]> {
  const directory = await mkdtemp(join(tmpdir(), "acked-nats-"));
  const ports = firstPort === undefined ? [] : [firstPort];
  while (ports.length < 2 * count) {
    const port = await freePort();
    if (!ports.includes(port)) ports.push(port);
  }
  const clusterPorts = ports.slice(count);
  const servers = ports
    .slice(0, count)
    .map((port, i) => own(directory, port, clusterPorts, i, config));
  await Promise.all(servers.map((server) => server.start()));
  return servers;
}

function own(
  directory: string,
  port: number,
  clusterPorts: readonly number[],
  i: number,
  config: string,
): OwnNats {
  const file = join(directory, `${String(i)}.conf`);
  const routes = clusterPorts
    .filter((_, other) => other !== i)
    .map((each) => `"nats://127.0.0.1:${String(each)}"`);
  const cluster =
    routes.length === 0
      ? ""
      : `cluster { name: acked, listen: "127.0.0.1:${String(clusterPorts[i])}", routes: [${routes.join(", ")}] }`;
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    await writeFile(
      file,
      `server_name: s${String(i)}\nlisten: "127.0.0.1:${String(port)}"\n${cluster}\n${config}\n`,
    );
    const started = spawn("nats-server", ["-c", file], { stdio: "ignore" });
    child = started;
    const failures: Error[] = [];
    started.on("error", (error) => failures.push(error));
    const giveUpAt = performance.now() + 10_000;
    while (!(await listens(port))) {
      if (failures.length > 0)
        throw new Error("nats-server is needed: apt-get install nats-server", {
          cause: failures[0],
        });
      if (performance.now() > giveUpAt) throw new Error("NATS does not start");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  async function kill(): Promise<void> {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  return {
    address: `127.0.0.1:${String(port)}`,
    url: `nats://127.0.0.1:${String(port)}`,
    start,
    kill,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    async remove() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => resolve(false));
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** The line over a server's subject. */
export function lineAt({ url }: OwnNats, subject: string): LineKind {
  const choice = parseBusUrl(url);
  if (typeof choice === "string" || choice.kind !== "nats")
    throw new Error("no NATS");
  return natsLine(choice, subject);
}
