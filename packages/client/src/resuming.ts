import { follow, type FollowSettings } from "./follow.js";
import type { FollowResult, SubscriptionClient } from "./subscription.js";
import { at } from "./untyped.js";

/**
 * A graphql-ws client whose subscriptions are followed by their cursor. For client libraries that
 * subscribe by a graphql-ws client, such as Apollo Client's GraphQLWsLink: they see subscriptions
 * that never break. The errors that end a subscription for good are its last result; `error` is
 * called where the socket was closed for good.
 */
export function resuming<Client extends SubscriptionClient>(
  client: Client,
  settings: FollowSettings = {},
) {
  const subscribe: SubscriptionClient["subscribe"] = (payload, sink) =>
    follow<unknown>({
      ...settings,
      subscribe: (variables, sink) =>
        client.subscribe({ ...payload, variables }, sink),
      variables: { ...payload.variables },
      onData: (_data, result) => sink.next(result),
      onEnd(_failure, cause) {
        if (cause === undefined || isResult(cause)) {
          if (cause) sink.next(cause);
          sink.complete();
        } else sink.error(cause);
      },
    }).stop;
  return { ...client, subscribe };
}

function isResult(cause: unknown): cause is FollowResult<unknown> {
  return at(cause, "errors") !== undefined;
}
