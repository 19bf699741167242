import type { UserFieldsFragment } from "acked/operations";
import type { ListedConversation } from "../inbox/queries.js";

/** What a user is called. */
export function nameOf({ id, displayName }: UserFieldsFragment): string {
  return displayName ?? id;
}

/** What a conversation is called: its title, or who else is in it. */
export function titleOf(
  { title, participants }: Pick<ListedConversation, "title" | "participants">,
  myId: string,
): string {
  const others = participants.nodes
    .filter(({ user, isActive }) => isActive && user.id !== myId)
    .map(({ user }) => nameOf(user));
  return title ?? (others.length > 0 ? others.join(", ") : "Just you");
}
