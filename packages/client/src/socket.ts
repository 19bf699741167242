/** `@acked/client/socket`: subscriptions that outlive lost connections, for graphql-ws. */
export {
  follow,
  type FollowOptions,
  type FollowSettings,
  type Following,
} from "./follow.js";
export { resuming } from "./resuming.js";
export { openSocket, type SocketOptions } from "./kit/open-socket.js";
export {
  createSession,
  resumeWithNewToken,
  type Session,
  type Token,
} from "./kit/session.js";
