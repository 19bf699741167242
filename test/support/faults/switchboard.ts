import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between a server and its database, and connects it to another one when told to. */
export interface Switchboard {
  readonly port: number;
  /** Breaks open connections, and refuses new ones. */
  cut(): Promise<void>;
  /** Lets new connections through, to this port. */
  connectTo(targetPort: number): Promise<void>;
}

/** Opens a switchboard that refuses everything until it is told whom to connect to. */
export function createSwitchboard(): Switchboard {
  const ends = new Set<Socket>();
  let port = 0;
  let target = 0;
  const listener = createServer((client) => {
    const server = connect(target, "127.0.0.1");
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const) {
      ends.add(end);
      end.pipe(other);
      end.on("error", () => undefined);
      end.on("close", () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  const connectTo = async (targetPort: number) => {
    target = targetPort;
    if (listener.listening) return;
    listener.listen(port, "127.0.0.1");
    await once(listener, "listening");
    ({ port } = listener.address() as AddressInfo);
  };
  return {
    get port() {
      return port;
    },
    async cut() {
      if (!listener.listening) return;
      listener.close();
      for (const end of ends) end.destroy();
      await once(listener, "close");
    },
    connectTo,
  };
}
