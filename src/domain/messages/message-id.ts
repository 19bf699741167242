import { isId } from "../../foundation/limits.js";

/** Where a message stands: its conversation, and its number there. */
export interface MessageRef {
  readonly conversationId: string;
  readonly seq: number;
}

/**
 * The opaque id of a message. It carries the place itself, so that a mark looks nothing up by id.
 * Knowing an id grants nothing: rights are checked against the place.
 */
export function encodeMessageId({ conversationId, seq }: MessageRef): string {
  return Buffer.from(`${seq}:${conversationId}`).toString("base64url");
}

/** The place that an id names, or null where it can't be an id of ours. */
export function decodeMessageId(id: string): MessageRef | null {
  const match = /^([1-9]\d{0,9}):(.{1,128})$/su.exec(
    Buffer.from(id, "base64url").toString(),
  );
  if (!match?.[1] || !match[2] || !isId(match[2])) return null;
  const place = { seq: Number(match[1]), conversationId: match[2] };
  return encodeMessageId(place) === id ? place : null;
}
