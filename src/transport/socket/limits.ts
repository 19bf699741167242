/** The share of a node that one socket may take. Those of a user are in `src/fair/limits.ts`. */
export const socketLimits = {
  /**
   * The longest message. It leaves room for the longest list of participants, and for a body far
   * over its limit, so that such a body gets an answer.
   */
  messageBytes: 2 * 1_024 * 1_024,
  /** The longest message that begins a subscription: graphql-ws keeps the text of the message while it runs. */
  subscriptionMessageBytes: 64 * 1_024,
  /** Subscriptions of one socket, counted from their `subscribe` message on. */
  subscriptionsPerSocket: 500,
  /** Queries and mutations of one socket that are under way at once. */
  operationsPerSocket: 2_000,
} as const;

/** A client that met `subscriptionsPerSocket` or `operationsPerSocket` may try again after this time. */
export const retryAfterMs = 1_000;

/** With more bytes than this in its write buffer, a socket gets no events until its buffer is empty. */
export const congestedBytes = 64 * 1_024;

/**
 * With more bytes than this in its write buffer, the server reads nothing more from a socket, and begins none of
 * the operations that it has read.
 */
export const unreadBytes = 1_024 * 1_024;
