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
  const contentDigest = createHash("sha256")
    .update(JSON.stringify([conversationId, body, type, fileType]))
    .digest("base64url");
  return {
    conversationId,
    senderId,
    clientId,
    body,
    type,
    fileType,
    contentDigest,
  };
}
