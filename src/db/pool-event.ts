/** What a pool tells of, for the log: each is something that is waited for or given up. */
export type PoolEvent =
  /** A connection has ended; what ran on it has failed. */
  | { readonly kind: "lost" }
  /** The database lets in no more than so many; those are made do with. */
  | {
      readonly kind: "full";
      readonly connections: number;
      readonly error: unknown;
    }
  /** No connection is left, and none can be opened: who waits is sent away. */
  | { readonly kind: "unreachable"; readonly error: unknown }
  /** A statement was given up without an answer. */
  | { readonly kind: "late" }
  /** A server that we wrote to takes no writes any more. */
  | { readonly kind: "read-only" };

/** What is used of a logger. */
interface Log {
  warn(details: object, message: string): void;
  debug(message: string): void;
}

/** Says what a pool waits for or gives up. */
export function logPoolEvent(log: Log, event: PoolEvent): void {
  switch (event.kind) {
    case "lost":
      log.debug("a connection to the database has ended");
      return;
    case "full":
      log.warn(
        { err: event.error, connections: event.connections },
        "the database lets in no more connections: making do with these",
      );
      return;
    case "unreachable":
      log.warn({ err: event.error }, "the database can't be reached");
      return;
    case "late":
      log.warn({}, "the database has not answered a statement in time");
      return;
    case "read-only":
      log.warn({}, "the database takes no writes: looking for one that does");
  }
}
