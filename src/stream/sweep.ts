import type { CommitHorizon } from "./commit-horizon.js";
import type { StreamObserver } from "./observer.js";
import type { Opening } from "./opening.js";
import type { PositionQueries } from "./position-queries.js";
import type { Registry } from "./registry.js";
import type { Watermark } from "./watermark.js";

/** What a sweep needs. */
export interface SweepDependencies {
  readonly registry: Registry;
  readonly opening: Opening;
  readonly watermark: Watermark;
  readonly horizon: CommitHorizon;
  readonly positions: Pick<PositionQueries, "versions">;
  readonly observer: StreamObserver;
}

/**
 * Compares what this node serves with the database, so that a lost notice does no harm: joins
 * conversations, tells feeds of versions, lets followers that fell behind try again. Then everything
 * before the sweep's beginning was sent, and the watermark says so.
 */
export async function sweep({
  registry,
  opening,
  watermark,
  horizon,
  positions,
  observer,
}: SweepDependencies): Promise<void> {
  if (registry.subscriptions.size === 0) return;
  const { settledMs } = await horizon.read();
  await opening.join([...registry.subscriptions]);
  for (const feed of registry.feeds.values()) feed.refreshRights();
  const versions = await positions.versions({
    ids: [...registry.feeds.keys()],
  });
  const found = await Promise.all(
    versions.map(async ({ conversationId, version }) =>
      registry.feeds.get(conversationId)?.tell(version),
    ),
  );
  observer.onSweepFound(found.filter(Boolean).length);
  for (const feed of registry.feeds.values())
    for (const follower of feed.followers)
      if (!follower.subscription.request.sink.isCongested)
        feed.resume(follower);
  watermark.advance(settledMs);
}
