import { setImmediate as nextTurn } from "node:timers/promises";
import type { Witness } from "./cursor.js";
import type { Head } from "./head.js";
import type { Interest } from "./interest.js";
import type { StreamObserver } from "./observer.js";
import type { Preferences } from "./preferences.js";
import type { Registry } from "./registry.js";
import { sees, type Snapshot } from "./snapshot.js";
import type { SweepQueries } from "./sweep-queries.js";

/** At most so many conversations of a sweep are handled in one turn of the event loop. */
const perTurn = 500;

/** What a sweep needs. */
export interface SweepDependencies {
  readonly registry: Registry;
  readonly interest: Interest;
  readonly head: Head;
  readonly queries: SweepQueries;
  readonly preferences: Pick<Preferences, "tell">;
  readonly observer: StreamObserver;
  /** A subscription to all conversations keeps no follower in a conversation that was quiet for so many sweeps. */
  readonly restAfterSweeps: number;
}

/**
 * Reads everything that has changed in the database since the watermark, so that a lost notice does no
 * harm: those whom a change concerns get followers, feeds send what is new, and followers that fell behind
 * try again. After that, all that the reading saw was sent, except to subscriptions that hold their own
 * watermarks back; so the node's watermark moves to the reading's snapshot. The cost grows with the number
 * of changes, not of conversations.
 */
export async function sweep(needs: SweepDependencies): Promise<void> {
  const { registry, interest, head, queries, observer } = needs;
  const reading = await queries.changedAfter(head.watermark.snapshot);
  const { snapshot, changed } = reading;
  for (const userId of reading.switchedUsers) needs.preferences.tell(userId);
  let found = 0;
  for (let i = 0; i < changed.length; i += perTurn) {
    const news = await Promise.all(
      changed
        .slice(i, i + perTurn)
        .map(({ conversationId, version }) =>
          interest.onChange(conversationId, version),
        ),
    );
    found += news.filter(Boolean).length;
    await nextTurn();
  }
  for (const change of changed) head.learn(change, snapshot);
  observer.onSweepFound(found);
  await retry(registry, interest);
  const { witness } = head.watermark;
  head.advance({ snapshot, witness: newestSeen(changed, snapshot) ?? witness });
  interest.forgetSurveys();
  rest(needs);
}

/** Lets everything that failed or waits try again. */
async function retry(registry: Registry, interest: Interest): Promise<void> {
  for (const feed of registry.feeds.values())
    for (const follower of feed.followers)
      if (
        follower.state === "behind" &&
        !follower.subscription.request.sink.isCongested
      )
        feed.resume(follower);
  for (const subscription of registry.subscriptions) {
    subscription.badge?.retry();
    if (subscription.unsurveyed.size > 0 && subscription.state === "open")
      await interest.surveyMissed(subscription);
  }
}

function rest({ registry, restAfterSweeps }: SweepDependencies): void {
  for (const feed of [...registry.feeds.values()])
    if (++feed.quietSweeps >= restAfterSweeps) registry.rest(feed);
}

/** Of these changes the newest that a snapshot sees: it proves that the snapshot is of this history. */
function newestSeen(
  changed: readonly Witness[],
  snapshot: Snapshot,
): Witness | null {
  return changed.reduce<Witness | null>(
    (newest, change) =>
      sees(snapshot, change.xid) && change.xid > (newest?.xid ?? 0)
        ? change
        : newest,
    null,
  );
}
