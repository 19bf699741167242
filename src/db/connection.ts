import postgres, {
  type Options,
  type PostgresType,
  type RowList,
  type Sql,
} from "postgres";
import { withDeadline } from "../foundation/deadline.js";
import type { Endpoint } from "./database-url.js";
import {
  NoAnswerError,
  NoConnectionError,
  ReadOnlyServerError,
} from "./failure.js";
import {
  greet,
  startupParameters,
  transactionLimitMs,
  type Greeting,
  type SessionKind,
} from "./session.js";

/** What a connection is opened with. */
export interface ConnectionOptions {
  readonly url: string;
  readonly sessions: SessionKind;
  readonly allowsBitmapScans: boolean;
  readonly types: Record<string, PostgresType>;
  /** How long connecting may take, in seconds. */
  readonly connectSeconds: number;
  /** How long a statement may go unanswered; past it the caller is told so. */
  readonly answerLimitMs: number;
  /** How parameters are written and columns read: Drizzle's, beside `types`. */
  readonly dialect: Pick<Sql["options"], "parsers" | "serializers"> | null;
}

/** A little more than Postgres's own limit, which tells more when it is the one to end a statement. */
export const answerLimitMs = transactionLimitMs + 2_000;

/** How one statement is run. */
export interface StatementOptions {
  readonly prepare?: boolean;
  /** Rows as arrays of columns, as Drizzle maps them. */
  readonly asArrays?: boolean;
  /** How long it may go unanswered, where that is not what the connection says. */
  readonly limitMs?: number;
}

type DriverOptions = Options<Record<string, PostgresType>>;

/** Values of a statement's parameters, as the driver takes them. */
export type StatementParameters = NonNullable<Parameters<Sql["unsafe"]>[1]>;

/**
 * The driver, told to keep one connection. It is used for that connection's life and no longer: after a
 * loss the driver may connect and send nothing, send into nothing (which ends the process), or wait for
 * ever, so it is given no occasion.
 * https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L247
 */
export function openDriver(
  { url, sessions, types, connectSeconds, dialect }: ConnectionOptions,
  endpoint: Endpoint | null,
  onclose: () => void,
  { backoff }: Pick<DriverOptions, "backoff"> = {},
): Sql {
  const options: DriverOptions = {
    max: 1,
    connect_timeout: connectSeconds,
    // None is closed for its age or for being idle.
    max_lifetime: null,
    idle_timeout: 0,
    onnotice: () => undefined,
    onclose,
    fetch_types: false,
    // Where sessions are lent, a statement prepared in one is not there in the next.
    prepare: sessions === "own",
    types,
    connection: startupParameters,
    ...(backoff !== undefined && { backoff }),
  };
  const client = postgres<Record<string, PostgresType>>(url, options);
  Object.assign(client.options.parsers, dialect?.parsers);
  Object.assign(client.options.serializers, dialect?.serializers);
  if (endpoint !== null) {
    client.options.host.splice(0, 1, endpoint.host);
    client.options.port.splice(0, 1, endpoint.port);
  }
  return client;
}

/**
 * One connection to a server that takes writes.
 *
 * ```
 * free ⇄ busy → late → free    an answer came after all
 *   ╰─────┴───────┴──→ closed  lost, or given up
 * ```
 */
export class Connection {
  /** The session's process in Postgres; a pooler's invention where sessions are lent. */
  readonly pid: number;
  private readonly client: Sql;
  private readonly limitMs: number;
  private readonly onClosed: (connection: Connection) => void;
  private unanswered = 0;
  private late = 0;
  private closed = false;
  private whenAnswered: (() => void)[] = [];

  private constructor(
    client: Sql,
    pid: number,
    limitMs: number,
    onClosed: (connection: Connection) => void,
  ) {
    this.client = client;
    this.pid = pid;
    this.limitMs = limitMs;
    this.onClosed = onClosed;
  }

  /**
   * Connects, and makes the session what Acked relies on.
   * @param onClosed told once, when nothing more can be sent on it
   * @throws {ReadOnlyServerError} where the server takes no writes
   */
  static async open(
    options: ConnectionOptions,
    endpoint: Endpoint | null,
    onClosed: (connection: Connection) => void,
  ): Promise<Connection> {
    let connection: Connection | null = null;
    const client = openDriver(options, endpoint, () => {
      void connection?.close();
    });
    try {
      const answer = await withDeadline(
        client.unsafe(greet(options.sessions, options)).simple(),
        options.connectSeconds * 1_000 + 1_000,
        () => {
          throw new NoConnectionError("The database has not answered in time.");
        },
      );
      // Of several statements it is a list of results.
      const result = (options.sessions === "own"
        ? answer.at(-1)
        : answer) as unknown as RowList<Greeting[]>;
      const [greeting] = result;
      if (greeting?.isReadOnly !== false)
        throw new ReadOnlyServerError("The database is read only.");
      return (connection = new Connection(
        client,
        result.state.pid,
        options.answerLimitMs,
        onClosed,
      ));
    } catch (error) {
      void client.end({ timeout: 0 });
      throw error;
    }
  }

  /** Nothing more can be sent on it. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** A caller was told that no answer came, and none has come yet. */
  get isLate(): boolean {
    return this.late > 0 && !this.closed;
  }

  /**
   * Runs a statement.
   * @throws {NoAnswerError} where none came in time; the connection is late then
   */
  query(
    text: string,
    parameters: StatementParameters,
    {
      prepare = false,
      asArrays = false,
      limitMs = this.limitMs,
    }: StatementOptions = {},
  ): Promise<unknown> {
    if (this.closed)
      return Promise.reject(
        new NoConnectionError("The connection to the database is lost."),
      );
    const query = this.client.unsafe(text, parameters, { prepare });
    this.unanswered++;
    return new Promise<unknown>((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        this.late++;
        reject(new NoAnswerError("The database has not answered in time."));
      }, limitMs);
      const settle = () => {
        clearTimeout(timer);
        this.unanswered--;
        if (isLate) this.late--;
        if (this.unanswered === 0) this.tellAnswered();
      };
      (asArrays ? query.values() : query).then(
        (rows: unknown) => {
          settle();
          resolve(rows);
        },
        (error: unknown) => {
          settle();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  /** Resolves once nothing is under way on it: answered, or closed. */
  answered(): Promise<void> {
    if (this.unanswered === 0 || this.closed) return Promise.resolve();
    return new Promise((resolve) => this.whenAnswered.push(resolve));
  }

  /** Lets go of it; what is under way fails. Resolves once it is closed. */
  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.onClosed(this);
      this.tellAnswered();
    }
    await this.client.end({ timeout: 0 }).catch(() => undefined);
  }

  private tellAnswered(): void {
    for (const resolve of this.whenAnswered.splice(0)) resolve();
  }
}
