/** The share of a node that one socket, or one user, may take. */
export const socketLimits = {
  /**
   * The longest message. It leaves room for the longest list of participants, and for a body far
   * over its limit, so that such a body gets an answer.
   */
  messageBytes: 2 * 1_024 * 1_024,
  /** Sockets of one user on one node. */
  perUser: 2_500,
  /** Subscriptions of one socket, counted from their `subscribe` message on. */
  subscriptionsPerSocket: 500,
  /** Queries and mutations of one socket that are under way at once. */
  operationsPerSocket: 2_000,
} as const;

/** A client that met `subscriptionsPerSocket` or `operationsPerSocket` may try again after this time. */
export const retryAfterMs = 1_000;

/** With more bytes than this in its write buffer, a socket gets no events until its buffer is empty. */
export const congestedBytes = 64 * 1_024;

/** With more bytes than this in its write buffer, the server reads nothing more from a socket. */
export const unreadBytes = 1_024 * 1_024;
