/** `@acked/client/socket`: subscriptions that outlive lost connections, for graphql-ws. */
export {
  follow,
  type FollowOptions,
  type FollowSettings,
  type Following,
} from "./follow.js";
export { resuming } from "./resuming.js";
