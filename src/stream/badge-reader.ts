import { batchedReader } from "../foundation/batched-reader.js";
import { noBadge } from "../domain/unread/badge.js";
import type { BadgeQueries } from "../domain/unread/badge-queries.js";
import type { BadgeNeeds } from "./badge-teller.js";

/**
 * Reads badges for subscriptions. A message to many is a reading for each of them: the readings take two connections
 * at most, and whatever changes while a user waits goes with the user's reading.
 */
export function createBadgeReader({
  badges,
}: Pick<BadgeQueries, "badges">): BadgeNeeds["readBadge"] {
  const badge = batchedReader({
    read: badges,
    keyOf: (userId: string) => userId,
    keyOfRow: ({ userId }) => userId,
    concurrency: 2,
    maxBatch: 100,
  });
  return async (userId) => (await badge(userId)) ?? noBadge;
}
