import { createHash } from "node:crypto";
import type { Viewer } from "../../auth/viewer.js";
import { badInput } from "../../foundation/errors.js";
import {
  checkBody,
  checkId,
  checkKnownId,
  checkLabel,
  limits,
} from "../../foundation/limits.js";
import type { NewMessage } from "./message-queries.js";

/** A message as a client hands it in. */
export interface Draft {
  readonly conversationId: string;
  readonly clientId: string;
  readonly body: string | null;
  readonly type: string;
  readonly fileType: string | null;
  /** The user for whom a service token sends; null for the viewer. */
  readonly senderId: string | null;
  /** Whether it counts as unread until it is read (R35); it does where it is not said. */
  readonly countsAsUnread?: boolean;
  /** Whom it mentions (R36), beside everybody or not. */
  readonly mentionedUserIds?: readonly string[];
  readonly mentionsAll?: boolean;
}

/**
 * The user who sends a draft.
 * @throws {AppError} BAD_USER_INPUT
 */
export function senderOf(viewer: Viewer, { senderId }: Draft): string {
  return senderId === null
    ? viewer.userId
    : checkId(["input", "senderId"], senderId);
}

/**
 * The message that a draft makes.
 * @throws {AppError} BAD_USER_INPUT; NOT_FOUND for a conversation id that nothing can have
 */
export function newMessage(senderId: string, draft: Draft): NewMessage {
  const { conversationId, clientId, body, type, fileType } = draft;
  checkKnownId(["input", "conversationId"], conversationId, "conversation");
  checkId(["input", "clientId"], clientId);
  if (body !== null) checkBody(["input", "body"], body);
  if (type === "") throw badInput(["input", "type"], "must not be empty.");
  checkLabel(["input", "type"], type, limits.typeCharacters);
  if (fileType !== null)
    checkLabel(["input", "fileType"], fileType, limits.typeCharacters);
  const isSilent = draft.countsAsUnread === false;
  const mentions = mentionsOf(draft);
  // A message without either has the digest that it had before there were any.
  const more = isSilent || mentions ? [isSilent, mentions] : [];
  const contentDigest = createHash("sha256")
    .update(JSON.stringify([conversationId, body, type, fileType, ...more]))
    .digest("base64url");
  return {
    conversationId,
    senderId,
    clientId,
    body,
    type,
    fileType,
    isSilent,
    mentions,
    contentDigest,
  };
}

/** The ids of those whom a draft mentions, each once and in order; an empty id, which nobody has, for all. */
function mentionsOf({
  mentionedUserIds = [],
  mentionsAll = false,
}: Draft): readonly string[] | null {
  const path = ["input", "mentionedUserIds"];
  const ids = new Set(mentionedUserIds);
  if (ids.size > limits.mentions)
    throw badInput(path, `must be at most ${limits.mentions}.`);
  mentionedUserIds.forEach((id, i) => checkId([...path, i], id));
  if (mentionsAll) ids.add("");
  return ids.size === 0 ? null : [...ids].sort();
}
