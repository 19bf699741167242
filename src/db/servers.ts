import { Connection, type ConnectionOptions } from "./connection.js";
import type { Endpoint } from "./database-url.js";
import { isFull, isReadOnly } from "./failure.js";

/** How connections are opened, and where. */
export interface ServerOptions extends ConnectionOptions {
  /** The servers to try, in order; null is the URL's own. */
  readonly endpoints: readonly (Endpoint | null)[];
}

/** The servers of a database, one of which takes writes. */
export class Servers {
  private readonly options: ServerOptions;
  private current = 0;

  constructor(options: ServerOptions) {
    this.options = options;
  }

  /**
   * Opens a connection to the server that takes writes: tries each once, beginning with the one that
   * was right last.
   * @param onClosed told once, when nothing more can be sent on it
   */
  async open(onClosed: (connection: Connection) => void): Promise<Connection> {
    const { endpoints } = this.options;
    const failures: unknown[] = [];
    for (let i = 0; i < endpoints.length; i++) {
      const at = (this.current + i) % endpoints.length;
      try {
        const connection = await Connection.open(
          this.options,
          endpoints[at] ?? null,
          onClosed,
        );
        this.current = at;
        return connection;
      } catch (error) {
        failures.push(error);
      }
    }
    // The one that says most.
    throw failures.find(isFull) ?? failures.find(isReadOnly) ?? failures[0];
  }
}
