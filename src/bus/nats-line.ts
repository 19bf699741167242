import { readFileSync } from "node:fs";
import {
  connect,
  credsAuthenticator,
  type Authenticator,
  type ConnectionOptions,
  type NatsConnection,
} from "@nats-io/transport-node";
import { keepOpen, reconnectPauseMs } from "./keep-open.js";
import type { Line, LineEvents, LineKind } from "./line.js";

/** A server that has not answered two pings is given up. */
const pingMs = 2_000;
const mostPingsOut = 2;
/** Within it a server must answer a new connection. */
const connectMs = 3_000;

/** Where the servers are, and how they know this node. */
export interface NatsChoice {
  readonly kind: "nats";
  /** Of one cluster, as `host:port`. */
  readonly servers: readonly string[];
  readonly isTls: boolean;
  readonly user: string | null;
  readonly password: string | null;
  /** A file with a JWT and a key, as `nsc` makes it; read at each connect. */
  readonly credentialsFile: string | null;
}

/** One subject of NATS for all nodes: only who hears everything can see that something is missing. */
export function natsLine(choice: NatsChoice, subject: string): LineKind {
  return {
    open: (events) => new NatsLine(choice, subject, events),
    minIntervalMs: 0,
    repeatMs: pingMs * mostPingsOut + 5_000,
  };
}

class NatsLine implements Line {
  private readonly choice: NatsChoice;
  private readonly subject: string;
  private readonly events: LineEvents;
  private readonly closing = new AbortController();
  private current: NatsConnection | null = null;
  private isUp = false;

  constructor(choice: NatsChoice, subject: string, events: LineEvents) {
    this.choice = choice;
    this.subject = subject;
    this.events = events;
    void keepOpen(
      () => this.openOnce(),
      (error) => events.onLost(error),
      this.closing.signal,
    );
  }

  async send(frame: Buffer): Promise<void> {
    // While it is disconnected the client would keep what is published, without end.
    if (!this.current || !this.isUp)
      throw new Error("the bus is not connected");
    this.current.publish(this.subject, frame);
    // The server has answered: it has the frame. Meanwhile notices gather.
    await this.current.flush();
  }

  renew(): void {
    this.isUp = false;
    void this.current?.reconnect();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.current?.close();
  }

  private get isClosing(): boolean {
    return this.closing.signal.aborted;
  }

  /** Lasts as long as the client, which reconnects by itself. */
  private async openOnce(): Promise<void> {
    const client = await connect(optionsOf(this.choice));
    if (this.isClosing) return client.close();
    client.subscribe(this.subject, {
      callback: (error, message) => {
        if (error) this.events.onProblem(error);
        else this.events.onFrame(Buffer.from(message.data));
      },
    });
    this.current = client;
    void this.watch(client);
    try {
      await this.onUp(client);
      const error = await client.closed();
      throw error ?? new Error("the connection to NATS was closed");
    } finally {
      this.isUp = false;
      this.current = null;
      await client.close();
    }
  }

  private async watch(client: NatsConnection): Promise<void> {
    for await (const status of client.status())
      if (status.type === "disconnect") {
        this.isUp = false;
        this.events.onLost(new Error(`${status.server} is not connected`));
      } else if (status.type === "reconnect")
        await this.onUp(client).catch(() => undefined);
      else if (status.type === "error") this.events.onProblem(status.error);
  }

  /** Once the server has answered, it knows the subscription. */
  private async onUp(client: NatsConnection): Promise<void> {
    await client.flush();
    this.isUp = true;
    this.events.onOpened();
  }
}

function optionsOf({
  servers,
  isTls,
  user,
  password,
  credentialsFile,
}: NatsChoice): ConnectionOptions {
  return {
    servers: [...servers],
    name: "acked",
    timeout: connectMs,
    pingInterval: pingMs,
    maxPingOut: mostPingsOut,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: reconnectPauseMs,
    // Credentials may be renewed, or a server set right.
    ignoreAuthErrorAbort: true,
    ...(isTls && { tls: {} }),
    ...(user !== null && { user }),
    ...(password !== null && { pass: password }),
    ...(credentialsFile !== null && {
      authenticator: credentialsIn(credentialsFile),
    }),
  };
}

/** Reads the file each time, so that new credentials count from the next connect on. */
function credentialsIn(file: string): Authenticator {
  let last = readFileSync(file);
  return (nonce) => {
    try {
      last = readFileSync(file);
    } catch {
      // It is being replaced: what it held stands.
    }
    return credsAuthenticator(last)(nonce);
  };
}
