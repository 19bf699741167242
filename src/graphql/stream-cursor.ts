import type { PositionAt } from "../domain/conversations/position.js";
import type { Services } from "../services.js";
import { encodeCursor } from "../stream/cursor.js";

/**
 * Prepares for {@link cursorAt}. Call this before the read that yields the position: the cursor then
 * reaches back a fraction of a second, and not the longest time that a transaction may last.
 */
export function prepareCursor({ horizon }: Services): Promise<void> {
  return horizon.keepFresh();
}

/**
 * The stream's cursor at a position of a conversation (R22). In its own conversation the cursor names
 * the position exactly. In every other conversation the cursor names a time, before which every
 * change was visible to the read that yielded the position.
 */
export function cursorAt(
  { horizon }: Services,
  conversationId: string,
  { version, lastSeq, atMs }: PositionAt,
): string {
  return encodeCursor({
    atMs: horizon.settledAt(atMs),
    place: { conversationId, version, lastSeq },
  });
}
