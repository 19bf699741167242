import type { Viewer } from "../../auth/viewer.js";
import type { Admitted } from "../../gate/gate.js";
import type { StreamOperations } from "../../graphql/stream-operation.js";
import type { Hub } from "../../stream/hub.js";
import type { EventSink } from "../../stream/subscription.js";
import type { SubscriptionShare } from "./subscription-share.js";

/**
 * Opens a subscription that was counted and charged: from now on its events go to the sink.
 * @returns ends the subscription, to be called once
 * @throws {GraphQLError | AppError} where the subscription is refused; its share remains taken
 */
export async function openSubscription(
  {
    hub,
    operations,
  }: {
    readonly hub: Pick<Hub, "subscribe">;
    readonly operations: StreamOperations;
  },
  {
    admitted,
    viewer,
    share,
    sink,
  }: {
    readonly admitted: Admitted;
    readonly viewer: Viewer;
    readonly share: Pick<SubscriptionShare, "follow">;
    readonly sink: EventSink;
  },
): Promise<() => void> {
  const { request, release } = operations.request(admitted, viewer, sink);
  try {
    await share.follow(request.conversationId);
    const unsubscribe = await hub.subscribe(request);
    return () => {
      unsubscribe();
      release();
    };
  } catch (error) {
    release();
    throw error;
  }
}
