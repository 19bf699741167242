import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { freePort } from "../../../src/embedded-postgres/free-port.js";
import { openNetwork, type Network } from "../network.js";
import { listening } from "./haproxy.js";
import { dropPublished } from "./nats-frames.js";

/** One node's way to the NATS server. */
export interface NatsLine {
  /** For BUS_URL. */
  readonly url: string;
  readonly network: Network;
  /** Lets every n-th message that the node publishes vanish; 0 lets none. */
  dropEvery(n: number): void;
  /** How many have vanished. */
  readonly dropped: number;
}

/** A NATS server of the test's own, Debian's, with a line of its own for each node. */
export class Nats {
  readonly lines: NatsLine[] = [];
  private readonly port: number;
  private child: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(lines: number): Promise<Nats> {
    const nats = new Nats(await freePort());
    await nats.restart();
    for (let i = 0; i < lines; i++) nats.lines.push(await nats.line());
    return nats;
  }

  /** SIGKILL: what was on its way is lost. */
  async stop(): Promise<void> {
    if (!this.child) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
    this.child = null;
  }

  async restart(): Promise<void> {
    const child = spawn(
      "nats-server",
      ["-a", "127.0.0.1", "-p", String(this.port)],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    child.stderr.on("data", (data: Buffer) => {
      said = (said + data.toString()).slice(-2_000);
    });
    const failure = once(child, "error").then(([error]: Error[]) => {
      throw new Error("the tests of nodes need Debian's nats-server", {
        cause: error,
      });
    });
    this.child = child;
    await Promise.race([failure, listening(this.port, () => said)]);
  }

  async close(): Promise<void> {
    for (const { network } of this.lines) await network.close();
    await this.stop();
  }

  private async line(): Promise<NatsLine> {
    const count = { every: 0, seen: 0, dropped: 0 };
    const network = await openNetwork(`nats://127.0.0.1:${this.port}`, {
      alter: () =>
        dropPublished(() => {
          if (count.every === 0 || ++count.seen % count.every > 0) return false;
          count.dropped++;
          return true;
        }),
    });
    return {
      url: `nats://127.0.0.1:${network.port}`,
      network,
      dropEvery(n) {
        count.every = n;
      },
      get dropped() {
        return count.dropped;
      },
    };
  }
}
