import { openNetwork } from "./network.js";

/** Stands between a server and its Postgres: counts statements, and can lose an answer or cut the line. */
export interface PostgresProxy {
  /** The database's URL through the proxy. */
  readonly url: string;
  /**
   * How many statements have gone to Postgres: Execute and Query messages of its protocol. The statement
   * that sets up a new connection is not counted, for it is no part of the operation that needs one.
   */
  readonly statements: number;
  /**
   * The next answer with this text, such as a command's tag, does not arrive: its connection breaks.
   * @returns whether it was lost by now
   */
  loseAnswer(text: string): () => boolean;
  /** Breaks open connections, and refuses new ones. */
  cut(): Promise<void>;
  /** Lets new connections through again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port. */
export async function startPostgresProxy(
  databaseUrl: string,
): Promise<PostgresProxy> {
  let statements = 0;
  const url = new URL(databaseUrl);
  url.port ||= "5432";
  let unwanted: { text: string; isLost: boolean } | null = null;
  const network = await openNetwork(url.href, {
    watch: () => statementCounter(() => statements++),
    passes(bytes) {
      if (!unwanted || !bytes.includes(unwanted.text)) return true;
      unwanted.isLost = true;
      unwanted = null;
      return false;
    },
  });
  url.hostname = "127.0.0.1";
  url.port = String(network.port);
  return {
    url: url.href,
    get statements() {
      return statements;
    },
    loseAnswer(text) {
      const answer = { text, isLost: false };
      unwanted = answer;
      return () => answer.isLost;
    },
    cut: network.cut,
    restore: network.restore,
    close: network.close,
  };
}

/** How the statement begins that sets up a connection (`src/db/session.ts`). */
const setUp = "select set_config(";

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
      const isSetUp = pending.subarray(header + 4, end).includes(setUp);
      if ((type === "E" || type === "Q") && !isSetUp) onStatement();
      hasStarted = true;
      pending = pending.subarray(end);
    }
  };
}
