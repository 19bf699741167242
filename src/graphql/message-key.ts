import {
  decodeMessageId,
  type MessageKey,
} from "../domain/messages/message-id.js";
import { notFound } from "../foundation/errors.js";
import { checkIdLength } from "../foundation/limits.js";

/**
 * Decodes a message id. A message id contains the id of its conversation, so a message id may be
 * longer than the limit for ids that clients make.
 * @throws {AppError} NOT_FOUND for text that is no message id, BAD_USER_INPUT where the text is too long
 */
export function messageKey(
  messageId: string,
  argument = "messageId",
): MessageKey {
  const message = decodeMessageId(messageId);
  if (message) return message;
  checkIdLength(["input", argument], messageId);
  throw notFound("message");
}
