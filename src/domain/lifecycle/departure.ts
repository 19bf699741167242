import type { Db } from "../../db/connect.js";
import { limits } from "../../foundation/limits.js";
import * as membership from "../conversations/membership-queries.js";
import { ensureOwner } from "../conversations/ownership-queries.js";
import * as users from "../users/taking-part-queries.js";
import * as departures from "./departure-queries.js";

/*
 * A user who goes and one who comes back, a conversation at a time: each function is one transaction.
 *
 * Locking: the conversation, its participant, then the user's row, as everywhere. The user's row is held while it is
 * looked at, so that a deactivation and a reactivation at the same moment leave no conversation to the loser: whoever
 * comes second waits, and each conversation that the first still works on finds out that it has lost.
 */

/** What became of a user in one conversation. */
export type Move =
  /** They have left it, or come back. The conversation's version afterwards. */
  | { readonly kind: "moved"; readonly version: number }
  /** Nothing was left to do. */
  | { readonly kind: "unmoved" }
  /** Another call has decided otherwise meanwhile. */
  | { readonly kind: "overtaken" };

/** Takes a deactivated user out of a conversation (R40), as if they had left. */
export async function takeOut(
  tx: Db,
  id: string,
  userId: string,
): Promise<Move> {
  const conversation = await membership.lockConversation(tx, id);
  const present = await membership.selectPresent(tx, id, [userId]);
  if (!conversation || !present.has(userId)) return { kind: "unmoved" };
  if (!(await isDeactivated(tx, userId))) return { kind: "overtaken" };
  await membership.endStay(tx, conversation, userId);
  await ensureOwner(tx, id);
  await departures.insertDeparture(tx, id, userId);
  const version = await membership.bumpVersion(tx, conversation);
  return { kind: "moved", version };
}

/**
 * Brings a user back into a conversation that they were taken out of, as R2 has it; observers as observers. Where it is full (R29), they stay
 * out until they are reactivated once more.
 */
export async function bringBack(
  tx: Db,
  id: string,
  userId: string,
): Promise<Move> {
  const conversation = await membership.lockConversation(tx, id);
  if (!conversation) return { kind: "unmoved" };
  const present = await membership.selectPresent(tx, id, [userId]);
  const isFull =
    !present.has(userId) &&
    (await membership.countPresent(tx, id)) >= limits.participants;
  if (isFull) return { kind: "unmoved" };
  if (await isDeactivated(tx, userId)) return { kind: "overtaken" };
  await departures.deleteDeparture(tx, id, userId);
  if (present.has(userId)) return { kind: "unmoved" };
  const participation = await departures.selectParticipation(tx, id, userId);
  await membership.insertParticipants(
    tx,
    conversation,
    [userId],
    participation,
  );
  await ensureOwner(tx, id);
  const version = await membership.bumpVersion(tx, conversation);
  return { kind: "moved", version };
}

async function isDeactivated(tx: Db, userId: string): Promise<boolean> {
  await users.holdUsers(tx, [userId]);
  return (await users.selectDeactivated(tx, [userId])).has(userId);
}
