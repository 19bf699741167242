import type { UserFieldsFragment } from "@acked/client/operations";
import type { ListedConversation } from "../inbox/queries.js";

/** The name of a user. */
export function nameOf({ id, displayName }: UserFieldsFragment): string {
  return displayName ?? id;
}

/** The name of a conversation: its title, or the names of the other participants. */
export function titleOf(
  { title, participants }: Pick<ListedConversation, "title" | "participants">,
  myId: string,
): string {
  const others = participants.nodes
    .filter(({ user, isActive }) => isActive && user.id !== myId)
    .map(({ user }) => nameOf(user));
  return title ?? (others.length > 0 ? others.join(", ") : "Just you");
}
