import { isId } from "../../foundation/limits.js";

/** A message by its conversation and its number there. */
export interface MessageRef {
  readonly conversationId: string;
  readonly seq: number;
}

/**
 * The opaque id of a message. The id itself holds conversation and number, so that a mark looks
 * nothing up by id. Knowing an id grants nothing: rights are checked for the conversation and number.
 */
export function encodeMessageId({ conversationId, seq }: MessageRef): string {
  return Buffer.from(`${seq}:${conversationId}`).toString("base64url");
}

/** The message that an id names, or null for a text that no message can have as its id. */
export function decodeMessageId(id: string): MessageRef | null {
  const match = /^([1-9]\d{0,9}):(.{1,128})$/su.exec(
    Buffer.from(id, "base64url").toString(),
  );
  if (!match?.[1] || !match[2] || !isId(match[2])) return null;
  const ref = { seq: Number(match[1]), conversationId: match[2] };
  return encodeMessageId(ref) === id ? ref : null;
}
