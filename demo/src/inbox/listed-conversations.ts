import type { ReceiptQueue } from "@acked/client";
import type { Connection } from "../connection/follow-by-apollo.js";
import { keepTrying } from "../connection/keep-trying.js";
import { listQuery, type ListedConversation } from "./queries.js";

/** The list of the user's conversations; it is in Apollo Client's cache. */
export interface ListedConversations {
  /** Reads the list, and marks the last message of each conversation as delivered. */
  read(): Promise<readonly ListedConversation[]>;
  /** Reads the list until that succeeds. Calls during a reading share its result. */
  refresh(): Promise<unknown>;
  /** Whether the list in the cache lacks a conversation; false while there is no list. */
  lacks(conversationId: string): boolean;
}

/** @param onRead called with each answer, before `read` resolves */
export function createListedConversations(
  { client, network }: Connection,
  receipts: ReceiptQueue,
  onRead: (listed: readonly ListedConversation[]) => void,
): ListedConversations {
  let refreshing: Promise<unknown> | null = null;

  async function read(): Promise<readonly ListedConversation[]> {
    const { data } = await client.query({
      ...listQuery,
      fetchPolicy: "network-only",
    });
    const listed = data?.conversations.nodes ?? [];
    markDelivered(listed);
    onRead(listed);
    return listed;
  }

  /** A message that was sent while the device was away is delivered by the list. */
  function markDelivered(listed: readonly ListedConversation[]): void {
    for (const { id, lastMessage, viewerParticipant } of listed)
      if (
        lastMessage &&
        lastMessage.seq > (viewerParticipant?.deliveredUpToSeq ?? 0)
      )
        receipts.deliveredUpTo({ ...lastMessage, conversationId: id });
  }

  return {
    read,
    refresh: () =>
      (refreshing ??= keepTrying(network, read).finally(
        () => (refreshing = null),
      )),
    lacks(conversationId) {
      const list = client.readQuery(listQuery);
      return (
        list?.conversations.nodes.every(({ id }) => id !== conversationId) ??
        false
      );
    },
  };
}
