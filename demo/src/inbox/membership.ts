import type { ConversationsQuery } from "@acked/client/operations";
import type { Connection } from "../connection/follow-by-apollo.js";
import { listQuery } from "./queries.js";

const checkMs = 5_000;

/** The titles and participants of all conversations, as a text to compare. */
function membership(data: ConversationsQuery | null | undefined): string {
  return JSON.stringify(
    data?.conversations.nodes
      .map(({ id, title, participants }) => [
        id,
        title,
        participants.nodes.map((participant) => participant.id),
        participants.totalCount,
      ])
      .sort(),
  );
}

/**
 * Calls back when a conversation was begun or left, or its participants changed: the subscriptions tell
 * of messages and marks alone. The answers stay out of the cache, where they might replace a status by
 * an older one.
 */
export async function watchMembership(
  { client, network }: Connection,
  onChange: () => Promise<unknown>,
): Promise<never> {
  for (;;) {
    await network.pause(checkMs);
    await network.online();
    if (document.visibilityState === "hidden") continue;
    try {
      const { data } = await client.query({
        ...listQuery,
        fetchPolicy: "no-cache",
      });
      if (membership(data) !== membership(client.readQuery(listQuery)))
        await onChange();
    } catch {
      // The next round tries again.
    }
  }
}
