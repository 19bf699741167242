/** One reason for which the server closes a socket. */
export interface Closing {
  /** The code of the WebSocket close frame (RFC 6455, 7.4). */
  readonly code: number;
  /** The reason text of the close frame. */
  readonly reason: string;
  /** The part of the server that sends the close frame. */
  readonly sentBy: "acked" | "graphql-ws" | "ws";
  /** How a client goes on: `"give up"` means that connecting again would end in the same way. */
  readonly client: "reconnect" | "reconnect with a new token" | "give up";
}

/**
 * Every close frame that the server sends. A client that reconnects resumes its subscriptions by
 * their cursors. Code 1006 is missing here: a client sees 1006 when a connection ends without any
 * close frame.
 */
export const closings = {
  /** The node stops: running operations have ended, or their grace is over. */
  goingAway: {
    code: 1001,
    reason: "Going away",
    sentBy: "acked",
    client: "reconnect",
  },
  /** A frame breaks RFC 6455. */
  brokenFrame: { code: 1002, reason: "", sentBy: "ws", client: "give up" },
  /** A text message is not UTF-8. */
  notUtf8: { code: 1007, reason: "", sentBy: "ws", client: "give up" },
  /** A message is longer than `socketLimits.messageBytes`. */
  messageTooLong: { code: 1009, reason: "", sentBy: "ws", client: "give up" },
  /**
   * The node is past its limits; or too many sockets are opened by this user or from this address; or the token
   * could not be checked, or the user not be stored: the database may be away.
   */
  tryAgainLater: {
    code: 1013,
    reason: "Try again later",
    sentBy: "acked",
    client: "reconnect",
  },
  /** A message is not a message of the protocol, or one that only servers send. */
  invalidMessage: {
    code: 4400,
    reason: "Invalid message received",
    sentBy: "graphql-ws",
    client: "give up",
  },
  /** The client subscribed before `connection_ack`. */
  notAcknowledged: {
    code: 4401,
    reason: "Unauthorized",
    sentBy: "graphql-ws",
    client: "give up",
  },
  /** `connection_init` brought no valid token. */
  forbidden: {
    code: 4403,
    reason: "Forbidden",
    sentBy: "graphql-ws",
    client: "reconnect with a new token",
  },
  /** The token of an admitted socket reached its expiry (R21). */
  tokenExpired: {
    code: 4403,
    reason: "Token expired",
    sentBy: "acked",
    client: "reconnect with a new token",
  },
  /** The user of an admitted socket was erased (R41). */
  userErased: {
    code: 4403,
    reason: "Forbidden",
    sentBy: "acked",
    client: "give up",
  },
  /** The client did not offer `graphql-transport-ws`. */
  wrongSubprotocol: {
    code: 4406,
    reason: "Subprotocol not acceptable",
    sentBy: "graphql-ws",
    client: "give up",
  },
  /** The client sent no `connection_init` within three seconds. */
  initTimeout: {
    code: 4408,
    reason: "Connection initialisation timeout",
    sentBy: "graphql-ws",
    client: "reconnect",
  },
  /** The client read too little for as long as `stuckMs` (R24). */
  tooSlow: {
    code: 4408,
    reason: "Too slow",
    sentBy: "acked",
    client: "reconnect",
  },
  /** The client reused the id of a running operation. The sent reason also names the id. */
  idInUse: {
    code: 4409,
    reason: "Subscriber already exists",
    sentBy: "graphql-ws",
    client: "give up",
  },
  /** The client sent `connection_init` twice. */
  secondInit: {
    code: 4429,
    reason: "Too many initialisation requests",
    sentBy: "graphql-ws",
    client: "give up",
  },
  /** The user has their share of this node's sockets already. */
  tooManySockets: {
    code: 4429,
    reason: "Too many sockets",
    sentBy: "acked",
    client: "give up",
  },
  /** The handling of a message threw: the log has the error. */
  internalError: {
    code: 4500,
    reason: "Internal server error",
    sentBy: "acked",
    client: "give up",
  },
} as const satisfies Readonly<Record<string, Closing>>;
