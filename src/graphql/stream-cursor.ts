import type { PositionAt } from "../domain/conversations/position.js";
import type { Services } from "../services.js";

/**
 * The stream's cursor at a position of a conversation (R22). In its own conversation the cursor names
 * the position exactly. In every other conversation it names what the reading saw that told the position.
 */
export function cursorAt(
  { head }: Services,
  conversationId: string,
  position: PositionAt,
): string {
  return head.cursorOf(conversationId, position);
}
