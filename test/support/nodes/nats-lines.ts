import { startNats, type OwnNats } from "../nats.js";
import { openNetwork, type Network } from "../network.js";
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

/** A NATS server of the test's own, with a line for each node. */
export interface NatsLines {
  readonly server: OwnNats;
  readonly lines: readonly NatsLine[];
  close(): Promise<void>;
}

/** Starts a server, and opens so many lines to it. */
export async function openNatsLines(count: number): Promise<NatsLines> {
  const [server] = await startNats();
  if (!server) throw new Error("no NATS server was started");
  const lines = await Promise.all(
    Array.from({ length: count }, () => openLine(server)),
  );
  return {
    server,
    lines,
    async close() {
      for (const { network } of lines) await network.close();
      await server.remove();
    },
  };
}

async function openLine({ url }: OwnNats): Promise<NatsLine> {
  const count = { every: 0, seen: 0, dropped: 0 };
  const isUnwanted = () => {
    if (count.every === 0 || ++count.seen % count.every > 0) return false;
    count.dropped++;
    return true;
  };
  const network = await openNetwork(url, {
    alter: () => dropPublished(isUnwanted),
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
