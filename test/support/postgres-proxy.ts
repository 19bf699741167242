import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between a server and its Postgres: counts statements, and can cut the line. */
export interface PostgresProxy {
  /** The database's URL through the proxy. */
  readonly url: string;
  /** How many statements have gone to Postgres: Execute and Query messages of its protocol. */
  readonly statements: number;
  /** The database goes away: open connections break and new ones are refused. */
  cut(): Promise<void>;
  /** The database is back. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port. */
export async function startPostgresProxy(
  databaseUrl: string,
): Promise<PostgresProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let statements = 0;
  let port = 0;

  const proxy = createServer((client) => {
    const upstream = connect(Number(target.port || 5_432), target.hostname);
    const count = statementCounter(() => statements++);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    client.on("data", (bytes) => {
      count(bytes);
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => client.write(bytes));
  });

  const listen = () =>
    new Promise<void>((resolve, reject) => {
      proxy.once("error", reject);
      proxy.listen(port, "127.0.0.1", () => {
        proxy.off("error", reject);
        port = (proxy.address() as AddressInfo).port;
        resolve();
      });
    });
  const cut = () =>
    new Promise<void>((resolve) => {
      proxy.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
    });

  await listen();
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    get statements() {
      return statements;
    },
    cut,
    restore: listen,
    close: () => (proxy.listening ? cut() : Promise.resolve()),
  };
}

/**
 * Reads what a client sends to Postgres: first a message without a type, then messages of a type
 * byte and a length (https://www.postgresql.org/docs/current/protocol-overview.html).
 */
function statementCounter(onStatement: () => void): (bytes: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let hasStarted = false;
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    for (;;) {
      const header = hasStarted ? 1 : 0;
      if (pending.length < header + 4) return;
      const end = header + pending.readUInt32BE(header);
      if (pending.length < end) return;
      const type = hasStarted ? String.fromCharCode(pending[0] ?? 0) : "";
      if (type === "E" || type === "Q") onStatement();
      hasStarted = true;
      pending = pending.subarray(end);
    }
  };
}
