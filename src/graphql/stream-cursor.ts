import type { PositionAt } from "../domain/conversations/position.js";
import type { Services } from "../services.js";
import { isGiven } from "./connection.js";

/**
 * The version of a conversation that a mark's cursor says its device had seen (R32); null where there is none.
 * @throws {AppError} BAD_USER_INPUT for a malformed cursor
 */
export async function seenVersion(
  { head, resume }: Services,
  conversationId: string,
  seen: string | null | undefined,
  path: readonly string[],
): Promise<number | null> {
  return isGiven(seen)
    ? resume.seenVersion(conversationId, head.decode(seen, path))
    : null;
}

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
