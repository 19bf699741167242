/** How long connections may take, and how many there may be. Times are in milliseconds. */
export interface ConnectionLimits {
  /** From the first byte of a connection, or of a further request on it, to the end of its headers. */
  readonly headersMs: number;
  /** To the end of a request's body. */
  readonly requestMs: number;
  /** Without a byte in either direction while a request is answered. */
  readonly idleMs: number;
  /** Between two requests of a connection. Longer than what balancers keep a connection for. */
  readonly keepAliveMs: number;
  /** How often the times of headers and bodies are looked at. */
  readonly checkMs: number;
  /** Connections of one address that have shown no good token yet. */
  readonly newcomersPerAddress: number;
}

/**
 * The limits of a node. A request of 2 MiB takes 30 s at 70 kB/s. A socket takes about 0.1 s from its
 * connection to its `connection_ack`, so 500 newcomers are some thousands of honest sockets a second.
 */
export const connectionLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 120_000,
  keepAliveMs: 72_000,
  checkMs: 2_000,
  newcomersPerAddress: 500,
};
