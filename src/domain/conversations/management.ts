import type { Viewer } from "../../auth/viewer.js";
import type { Db } from "../../db/connect.js";
import { AppError, notFound } from "../../foundation/errors.js";
import { checkTitle } from "../../foundation/limits.js";
import * as membership from "./membership-queries.js";
import { mayManage, type Participation } from "./participant.js";
import type { ReceiptPolicy } from "./receipt-policy.js";
import { updateConversation } from "./update-queries.js";

/** What changes of a conversation. A field that is left out stays as it is. */
export interface ConversationChanges {
  /** Null takes the title away. */
  readonly title?: string | null;
  /** The policy of messages that are sent from now on. */
  readonly receiptPolicy?: ReceiptPolicy;
}

/**
 * Checks what changes of a conversation.
 * @throws {AppError} BAD_USER_INPUT
 */
export function checkChanges({ title }: ConversationChanges): void {
  if (typeof title === "string") checkTitle(["input", "title"], title);
}

/**
 * Changes title and receipt policy, for owners and service tokens. No status changes by it, so that the conversation
 * keeps its version: one without a message or a row of the log could not be proved (R54).
 */
export async function changeConversation(
  tx: Db,
  viewer: Viewer,
  id: string,
  changes: ConversationChanges,
): Promise<void> {
  const conversation = await membership.lockConversation(tx, id);
  if (!conversation) throw notFound("conversation");
  await assertManages(tx, viewer, id);
  await updateConversation(tx, conversation, changes);
}

/**
 * Makes a participant a recipient or an observer, for owners and service tokens.
 * @returns the version of the conversation afterwards; null where all was so before
 */
export async function changeParticipation(
  tx: Db,
  viewer: Viewer,
  id: string,
  { userId, participation }: { userId: string; participation: Participation },
): Promise<number | null> {
  const conversation = await membership.lockConversation(tx, id);
  if (!conversation) throw notFound("conversation");
  await assertManages(tx, viewer, id);
  const participant = (await membership.selectPresent(tx, id, [userId])).get(
    userId,
  );
  if (!participant) throw notFound("participant");
  if (participant.isObserver === (participation === "OBSERVER")) return null;
  await membership.changeParticipation(tx, conversation, userId, participation);
  return membership.bumpVersion(tx, conversation);
}

/** @throws {AppError} NOT_FOUND where the viewer is no present participant, FORBIDDEN where they are no owner */
async function assertManages(
  tx: Db,
  { isService, userId }: Viewer,
  id: string,
): Promise<void> {
  if (isService) return;
  const caller = (await membership.selectPresent(tx, id, [userId])).get(userId);
  if (!caller) throw notFound("conversation");
  if (!mayManage(caller.role))
    throw new AppError("FORBIDDEN", "Only an owner may change this.");
}
