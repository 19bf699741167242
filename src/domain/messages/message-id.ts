import { isId } from "../../foundation/limits.js";

/** A message by its conversation and its number there. */
export interface MessageRef {
  readonly conversationId: string;
  readonly seq: number;
}

/**
 * A message for good. A restored database gives numbers out again (R54); the time of sending tells the
 * message that is there now from a lost one with the same number.
 */
export interface MessageKey extends MessageRef {
  /** When it was sent, in milliseconds since the epoch. */
  readonly sentMs: number;
}

/**
 * The opaque id of a message. The id itself holds conversation and number, so that a mark looks
 * nothing up by id. Knowing an id grants nothing: rights are checked for the conversation and number.
 */
export function encodeMessageId({
  conversationId,
  seq,
  sentMs,
}: MessageKey): string {
  return Buffer.from(
    `m:${seq}:${sentMs.toString(36)}:${conversationId}`,
  ).toString("base64url");
}

/** The message that an id names, or null for a text that no message can have as its id. */
export function decodeMessageId(id: string): MessageKey | null {
  const [, seq, sent, conversationId] =
    /^m:([1-9]\d{0,9}):([0-9a-z]{1,9}):(.{1,128})$/su.exec(
      Buffer.from(id, "base64url").toString(),
    ) ?? [];
  if (!seq || !sent || !conversationId || !isId(conversationId)) return null;
  const key = { seq: Number(seq), sentMs: parseInt(sent, 36), conversationId };
  return key.sentMs <= latestMs && encodeMessageId(key) === id ? key : null;
}

/** The end of the year 9999: what both JavaScript and Postgres can read back. */
const latestMs = 253_402_300_799_999;
