import { Ceiling } from "./ceiling.js";
import type {
  Connection,
  StatementOptions,
  StatementParameters,
} from "./connection.js";
import {
  isConnectionLost,
  isFull,
  isReadOnly,
  NoConnectionError,
} from "./failure.js";
import { accessOf, sharesOf, type Access, type PerAccess } from "./access.js";
import type { PoolSize } from "./observer.js";
import type { PoolOptions } from "./pool-options.js";
import { Servers } from "./servers.js";
import { watchLate } from "./standby.js";
import { WaitingLine, type Asking } from "./waiting-line.js";

/** After a failed attempt to connect, the next one waits that long: a database that starts is not stormed. */
const pauseMs = 100;

/**
 * Connections to one database, each of which stands and falls alone: a loss costs the statements that
 * were under way on that connection, and a refused one costs nothing while others are there to wait for.
 * A connection runs one statement or transaction at a time.
 */
export class ConnectionPool {
  private readonly options: PoolOptions;
  private readonly line: WaitingLine<Connection>;
  private readonly ceiling: Ceiling;
  private readonly servers: Servers;
  private readonly idle: Connection[] = [];
  /** All that are open, each with the access that it is in use for; null where it is idle. */
  private readonly open = new Map<Connection, Access | null>();
  private readonly inUse: Record<Access, number> = { read: 0, write: 0 };
  /** Those that were opened while the server was thought to be the right one. */
  private trusted = new WeakSet<Connection>();
  private opening = 0;
  private pausedUntil = 0;
  private isDown = false;
  private isEnding = false;
  private retry: NodeJS.Timeout | null = null;

  constructor(options: PoolOptions) {
    this.options = options;
    this.ceiling = new Ceiling(options.max);
    this.line = new WaitingLine(() => this.ceiling.value);
    this.servers = new Servers(options);
  }

  /**
   * Runs one statement on any connection.
   * @throws {NoConnectionError} where none became free in time: nothing was sent
   * @throws {NoAnswerError} where none came in time
   */
  run(
    text: string,
    parameters: StatementParameters,
    options: StatementOptions,
    owner: string | null = null,
  ): Promise<unknown> {
    return this.use(
      accessOf(text),
      (connection) => connection.query(text, parameters, options),
      { owner },
    );
  }

  /** Lets work have a connection for itself, and takes it back when that is done. */
  async use<T>(
    access: Access,
    work: (connection: Connection) => Promise<T>,
    {
      limitMs = this.options.waitLimitMs,
      isUrgent = false,
      owner = null,
    }: Partial<Asking> = {},
  ): Promise<T> {
    const asking = { access, limitMs, isUrgent, owner };
    const connection = await this.acquire(asking);
    try {
      return await work(connection);
    } catch (error) {
      if (isReadOnly(error)) this.distrust();
      if (isConnectionLost(error)) void connection.close();
      throw error;
    } finally {
      this.line.leave(owner);
      this.release(connection);
    }
  }

  get size(): PoolSize {
    const { opening } = this;
    const idle = this.idle.length;
    const most = this.ceiling.value;
    const waiting = this.line.size;
    return { idle, busy: this.open.size - idle, opening, most, waiting };
  }

  /** Waits that long for what is under way, then closes all connections. */
  async end(graceMs: number): Promise<void> {
    this.isEnding = true;
    if (this.retry !== null) clearTimeout(this.retry);
    const over = new AbortController();
    await Promise.race([
      Promise.all([...this.open.keys()].map((each) => each.answered())),
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs);
        over.signal.addEventListener("abort", () => clearTimeout(timer));
      }),
    ]);
    over.abort();
    this.line.refuse(new NoConnectionError("The pool is closed."));
    await Promise.all([...this.open.keys()].map((each) => each.close()));
  }

  private async acquire(asking: Asking): Promise<Connection> {
    const sinceMs = performance.now();
    try {
      for (;;) {
        if (this.isEnding) throw new NoConnectionError("The pool is closed.");
        const granted = this.line.join(asking);
        this.serve();
        const connection = await granted;
        if (!connection.isClosed) return connection;
        this.line.leave(asking.owner);
      }
    } finally {
      const waitedMs = performance.now() - sinceMs;
      this.options.observer?.onWaited(asking.access, waitedMs);
    }
  }

  /** One that is late is kept until it has answered. */
  private release(connection: Connection): void {
    if (connection.isLate) {
      this.options.onEvent({ kind: "late" });
      void watchLate(connection, this, this.options.sessions);
      void connection.answered().then(() => this.release(connection));
      this.serve();
      return;
    }
    const access = this.open.get(connection);
    // Closing has taken it off the books already.
    if (access === undefined) return;
    if (access !== null) this.inUse[access]--;
    this.open.set(connection, null);
    this.offer(connection);
  }

  private offer(connection: Connection): void {
    if (this.isEnding || !this.trusted.has(connection)) void connection.close();
    else this.idle.push(connection);
    this.serve();
  }

  private get free(): PerAccess {
    const { read, write } = sharesOf(this.ceiling.value);
    return { read: read - this.inUse.read, write: write - this.inUse.write };
  }

  private serve(): void {
    for (;;) {
      const access = this.line.nextAccess(this.free);
      if (access === null) return;
      const connection = this.idle.pop();
      if (!connection) {
        this.openMore();
        return;
      }
      this.inUse[access]++;
      this.open.set(connection, access);
      this.line.give(access, connection);
    }
  }

  private openMore(): void {
    if (this.isEnding) return;
    const pause = this.pausedUntil - performance.now();
    if (pause > 0) {
      this.retry ??= setTimeout(() => {
        this.retry = null;
        this.serve();
      }, pause + 1);
      return;
    }
    const wanted = this.isDown ? 1 : this.line.admissible(this.free);
    const { value: most } = this.ceiling;
    while (this.opening < wanted && this.open.size + this.opening < most)
      void this.openOne();
  }

  private async openOne(): Promise<void> {
    this.opening++;
    const { trusted } = this;
    try {
      const connection = await this.servers.open((closed) =>
        this.forget(closed),
      );
      this.opening--;
      this.isDown = false;
      trusted.add(connection);
      this.open.set(connection, null);
      this.offer(connection);
    } catch (error) {
      this.opening--;
      this.onRefused(error);
      this.serve();
    }
  }

  private onRefused(error: unknown): void {
    this.pausedUntil = performance.now() + pauseMs;
    if (isFull(error)) {
      this.ceiling.refuse(this.open.size + this.opening);
      const connections = this.open.size;
      this.options.onEvent({ kind: "full", connections, error });
      return;
    }
    const isAnyOfUse = [...this.open.keys()].some((each) => !each.isLate);
    if (isAnyOfUse || this.opening > 0) return;
    if (!this.isDown) this.options.onEvent({ kind: "unreachable", error });
    this.isDown = true;
    this.line.refuse(error instanceof Error ? error : new Error(String(error)));
  }

  /** Takes a connection that was closed off the books. */
  private forget(connection: Connection): void {
    const access = this.open.get(connection);
    if (access === undefined) return;
    this.open.delete(connection);
    if (access !== null) this.inUse[access]--;
    const at = this.idle.indexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
    if (this.isEnding) return;
    this.options.onEvent({ kind: "lost" });
    this.serve();
  }

  /** The server takes no writes any more: its connections are of no use, and another server's may be. */
  private distrust(): void {
    this.options.onEvent({ kind: "read-only" });
    this.trusted = new WeakSet();
    for (const connection of [...this.idle]) void connection.close();
  }
}
