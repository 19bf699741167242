import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** How a test interferes with the bytes that pass. */
export interface NetworkOptions {
  /** Made for each connection; gets the bytes that the client sends. */
  readonly watch?: () => (bytes: Buffer) => void;
  /** Made for each connection; gets the bytes that the client sends, and returns those that arrive. */
  readonly alter?: () => (bytes: Buffer) => Buffer;
  /** Whether a piece of the server's answer arrives. Where it returns false, the connection breaks. */
  readonly passes?: (bytes: Buffer) => boolean;
}

/** A network between clients and a server, on a port of its own. */
export interface Network {
  readonly port: number;
  /** Open connections break, and new ones are refused. */
  cut(): Promise<void>;
  /** New connections are let through again. */
  restore(): Promise<void>;
  /** From now on nothing arrives on the open connections, and neither end is told. */
  fallSilent(): void;
  /** From now on nothing passes, on new connections neither; nothing is lost. */
  hold(): void;
  /** What was held passes, late. */
  release(): void;
  close(): Promise<void>;
}

/** Opens a network to the port of `target`, a URL. */
export async function openNetwork(
  target: string,
  {
    watch,
    alter = () => (bytes) => bytes,
    passes = () => true,
  }: NetworkOptions = {},
): Promise<Network> {
  const { hostname, port: targetPort } = new URL(target);
  const ends = new Set<Socket>();
  let port = 0;
  let isHeld = false;

  const listener = createServer((client) => {
    const server = connect(Number(targetPort), hostname);
    const see = watch?.();
    const altered = alter();
    join(client, server);
    join(server, client);
    client.on("data", (bytes) => {
      see?.(bytes);
      server.write(altered(bytes));
    });
    server.on("data", (bytes) => {
      if (passes(bytes)) client.write(bytes);
      else server.destroy();
    });
    if (isHeld) for (const end of [client, server]) end.pause();
  });

  /** A connection that ends at one end is ended at the other. */
  function join(end: Socket, other: Socket): void {
    ends.add(end);
    end.on("error", () => undefined);
    end.on("end", () => other.end());
    end.on("close", () => {
      ends.delete(end);
      other.destroy();
    });
  }

  async function listen(): Promise<void> {
    listener.listen(port, "127.0.0.1");
    await once(listener, "listening");
    ({ port } = listener.address() as AddressInfo);
  }

  async function cut(): Promise<void> {
    if (!listener.listening) return;
    listener.close();
    for (const end of ends) end.resetAndDestroy();
    await once(listener, "close");
  }

  await listen();
  return {
    port,
    cut,
    restore: listen,
    fallSilent() {
      for (const end of ends) {
        for (const event of ["data", "end", "close"])
          end.removeAllListeners(event);
        end.resume(); // read, so that the system does not notice either, and lost
      }
    },
    hold() {
      isHeld = true;
      for (const end of ends) end.pause();
    },
    release() {
      isHeld = false;
      for (const end of ends) end.resume();
    },
    close: cut,
  };
}
