import { freePort } from "../../../packages/embedded-postgres/src/free-port.js";
import {
  fromSources,
  startServerProcess,
  type ServerProcess,
} from "../server-process.js";

/** A node in a process of its own. It has the same port each time that it is started. */
export class Node {
  readonly port: number;
  private readonly env: Record<string, string>;
  private running: ServerProcess | null = null;
  private said = "";

  private constructor(port: number, env: Record<string, string>) {
    this.port = port;
    this.env = { ...env, PORT: String(port) };
  }

  /** A node that runs, with this environment. */
  static async start(env: Record<string, string>): Promise<Node> {
    const node = new Node(await freePort(), env);
    await node.start();
    return node;
  }

  /** The end of what it has logged. */
  get log(): string {
    return this.said.slice(-3_000);
  }

  /** Starts it again. */
  async start(): Promise<void> {
    this.running = await startServerProcess(fromSources, {
      env: this.env,
      onSpawn: ({ stdout, stderr }) => {
        for (const stream of [stdout, stderr])
          stream?.on("data", (data: Buffer) => {
            this.said = (this.said + data.toString()).slice(-10_000);
          });
      },
    });
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.running?.kill();
    this.running = null;
  }

  /** Its process stands still, and its connections stay open. */
  freeze(): void {
    this.running?.process.kill("SIGSTOP");
  }

  thaw(): void {
    this.running?.process.kill("SIGCONT");
  }

  /** How many subscriptions it runs, by its own count. */
  async subscriptions(): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/metrics`);
    const text = await answer.text();
    return Number(/^acked_subscriptions (\d+)$/m.exec(text)?.[1] ?? NaN);
  }
}
