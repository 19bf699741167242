import type { Position } from "../domain/conversations/position.js";
import type { Follower } from "./follower.js";
import type { Head } from "./head.js";
import type { Interest } from "./interest.js";
import type { OrderQueries } from "./order-queries.js";
import type { Preferences } from "./preferences.js";
import type { Registry, RunningSubscription } from "./registry.js";
import { resetPosition } from "./resume.js";
import { partsOf, type Snapshot } from "./snapshot.js";
import type { CurrentTimeline } from "./timeline.js";
import type { Watermark } from "./watermark.js";

/** What a node needs to go on in a new timeline. */
export interface RestartDependencies {
  readonly registry: Registry;
  readonly interest: Pick<Interest, "forgetSurveys">;
  readonly head: Head;
  readonly preferences: Preferences;
  readonly queries: Pick<OrderQueries, "positionsAt" | "lastActive">;
}

/**
 * Goes on in a new timeline (R54): the database was restored, or a standby took over that lacked the last
 * commits, while this node lived on. Subscribers to status are told to read the state anew. Subscribers to
 * messages are sent the newest messages again, since some numbers may be those of other messages now.
 * @param since a watermark from before history was cut short
 * @param firstXid the lowest transaction that may be of the new history; Infinity where none was told of
 */
export async function restart(
  { registry, interest, head, preferences, queries }: RestartDependencies,
  { number, snapshot }: CurrentTimeline,
  since: Watermark,
  firstXid: number,
): Promise<void> {
  const oldest = Math.min(
    partsOf(since.snapshot).xmin,
    partsOf(snapshot).xmax,
    firstXid,
  );
  const from: Snapshot = `${oldest}:${oldest}:`;
  head.begin(number, from);
  preferences.restart(from);
  for (const feed of registry.feeds.values()) feed.restart();
  for (const subscription of registry.subscriptions) subscription.restart();
  for (const subscription of [...registry.subscriptions])
    switch (subscription.request.kind) {
      case "status":
        await resetStatus(subscription, registry, queries);
        break;
      case "messages":
        await rewindMessages(subscription, queries, from);
    }
  // Followers of subscriptions to all conversations were removed: every changed conversation needs a new survey.
  registry.generation++;
  interest.forgetSurveys();
}

/** Sends a subscription one reset: in the conversation that it follows, or in the viewer's one that changed last. */
async function resetStatus(
  subscription: RunningSubscription,
  registry: Registry,
  queries: RestartDependencies["queries"],
): Promise<void> {
  const { isOfAll, followers, request } = subscription;
  if (isOfAll) {
    for (const follower of [...followers.values()])
      registry.unfollow(subscription, follower);
    const last = await queries.lastActive(request.viewer.userId);
    if (last !== null && subscription.state === "open")
      registry.follow(subscription, last, resetPosition).begin();
    return;
  }
  for (const follower of followers.values()) follower.restart(resetPosition);
}

/** Sets followers that are further on back to where their conversations stood in the snapshot. */
async function rewindMessages(
  { followers }: RunningSubscription,
  queries: RestartDependencies["queries"],
  snapshot: Snapshot,
): Promise<void> {
  const ids = [...followers.keys()];
  const then = await queries.positionsAt(
    ids.map((conversationId) => ({ conversationId, snapshot })),
  );
  const positions = new Map(
    then.map((position) => [position.conversationId, position]),
  );
  for (const [id, follower] of followers)
    follower.restart(earlierOf(follower, positions.get(id)));
}

function earlierOf({ position }: Follower, then: Position | undefined) {
  return then && then.lastSeq < position.lastSeq
    ? { version: then.version, lastSeq: then.lastSeq }
    : { version: then?.version ?? 0, lastSeq: position.lastSeq };
}
