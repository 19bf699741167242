import type { Position } from "../domain/conversations/position.js";
import { lookAtBadges } from "./badge-teller.js";
import { messagesPerRead, type Delivery } from "./delivery.js";
import type { Follower, Addressees } from "./follower.js";
import type { StreamObserver } from "./observer.js";
import type { ConversationRights } from "./rights.js";
import type { ChangeSet } from "./visible-change.js";

/** What one follower's own reading needs. */
export interface CatchUpDependencies {
  /** What changed in the conversation after a position. */
  since(from: Position): Promise<ChangeSet>;
  readonly delivery: Delivery;
  readonly rights: ConversationRights;
  readonly observer: StreamObserver;
  /** Whether a follower stands where the live followers stand. */
  isReached(follower: Follower): boolean;
  /** A follower's viewer is no participant any more. */
  onRemoved(follower: Follower): void;
}

/**
 * Lets one follower read for itself, from its position on, until it stands where the live followers stand.
 * @returns whether it does; false where it fell behind, was closed or removed meanwhile
 */
export async function catchUp(
  needs: CatchUpDependencies,
  follower: Follower,
): Promise<boolean> {
  const { observer } = needs;
  try {
    const isReached = await readAll(needs, follower);
    observer.onCatchUp(isReached ? "live" : "left");
    return isReached;
  } catch (error) {
    observer.onCatchUp("failed");
    throw error;
  }
}

async function readAll(
  needs: CatchUpDependencies,
  follower: Follower,
): Promise<boolean> {
  const { attempt } = follower;
  const isCatchingUp = () =>
    follower.state === "catching up" && follower.attempt === attempt;
  for (;;) {
    if (follower.subscription.request.sink.isCongested) {
      const { version } = follower.position;
      needs.observer.onWithheld({ reason: "congested", follower, version });
      follower.waitForDrain();
      return false;
    }
    const isUpToDate = await step(needs, follower, isCatchingUp);
    if (!isCatchingUp()) return false;
    if (isUpToDate && needs.isReached(follower)) return true;
  }
}

/**
 * Reads a part of what the follower has not been sent, and sends it.
 * @returns whether there is no more
 */
async function step(
  { since, delivery, rights, observer, onRemoved }: CatchUpDependencies,
  follower: Follower,
  isCatchingUp: () => boolean,
): Promise<boolean> {
  const set = await since(follower.position);
  await rights.load([follower]);
  if (!isCatchingUp()) return true;
  const own = rights.of(follower);
  if (!own?.isActive) {
    const { version } = set.position;
    observer.onWithheld({ reason: "removed", follower, version });
    onRemoved(follower);
    return true;
  }
  const alone: Addressees = { followers: [follower], isServed: isCatchingUp };
  switch (follower.subscription.request.kind) {
    case "status":
      await delivery.sendChange(set, alone);
      break;
    case "messages": {
      const { lastSeq } = follower.position;
      const upTo = set.position.lastSeq;
      const page = await delivery.readMessages(lastSeq, upTo, own.visible);
      await delivery.sendEach(page, alone, set, false);
      if (page.length === messagesPerRead) return false;
      break;
    }
    case "badge":
      lookAtBadges(set, follower.position, [follower]);
  }
  if (isCatchingUp()) follower.position = set.position;
  return set.isComplete;
}
