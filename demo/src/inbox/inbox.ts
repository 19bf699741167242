import type { Following, ReceiptQueue } from "@acked/client";
import {
  InboxMessageAddedDocument,
  InboxStatusChangedDocument,
  ViewerDocument,
  type InboxMessageAddedSubscription,
} from "@acked/client/operations";
import {
  followByApollo,
  type Connection,
} from "../connection/follow-by-apollo.js";
import { keepTrying } from "../connection/keep-trying.js";
import { createListedConversations } from "./listed-conversations.js";
import { watchMembership } from "./membership.js";
import { createOpenedConversations } from "./opened-conversations.js";

/** A message as an event brings it, with the fields of its conversation that a list shows. */
type Arrived = InboxMessageAddedSubscription["messageAdded"]["message"];

/** Keeps Apollo Client's cache up to date; components only read the cache. */
export interface Inbox {
  /** The newest cursor of the status changes; null before the first reading. */
  readonly cursor: string | null;
  /** Reads a conversation, once, and keeps it up to date from then on. */
  open(id: string): void;
  /** Reads the page before the oldest message in the cache. */
  earlier(id: string): Promise<void>;
  /** Reads everything anew. */
  reload(): Promise<void>;
}

/**
 * Starts a user's inbox: reads the list, then follows two subscriptions over all conversations from
 * the cursor of the list, so that no event is missed between the two.
 */
export function createInbox({
  connection,
  userId,
  receipts,
}: {
  connection: Connection;
  userId: string;
  receipts: ReceiptQueue;
}): Inbox {
  const { client, network } = connection;
  const opened = createOpenedConversations(connection);
  const listed = createListedConversations(connection, receipts, (list) =>
    opened.keepOnly(new Set(list.map(({ id }) => id))),
  );
  let statuses: Following | null = null;

  function receive(message: Arrived): void {
    const { id: conversationId, viewerParticipant } = message.conversation;
    opened.add(conversationId, message);
    const isOwn = message.sender.id === userId;
    // A stream that goes on from a cursor may repeat a message that this user has had before.
    if (!isOwn && message.seq > (viewerParticipant?.deliveredUpToSeq ?? 0))
      receipts.delivered({ ...message, conversationId });
    if (listed.lacks(conversationId)) void listed.refresh();
  }

  async function reload(): Promise<void> {
    await Promise.all([keepTrying(network, listed.read), opened.readAgain()]);
  }

  async function start(): Promise<void> {
    const [list] = await keepTrying(network, () =>
      Promise.all([
        listed.read(),
        client.query({ query: ViewerDocument, fetchPolicy: "network-only" }),
      ]),
    );
    // The cursor of any conversation may be used for all conversations.
    const variables = { after: list[0]?.cursor ?? null };
    followByApollo(
      connection,
      InboxMessageAddedDocument,
      variables,
      ({ messageAdded }) => receive(messageAdded.message),
    );
    statuses = followByApollo(
      connection,
      InboxStatusChangedDocument,
      variables,
      ({ messageStatusChanged }) => {
        if (messageStatusChanged.reset) void reload();
      },
    );
    void watchMembership(connection, listed.refresh);
  }
  void start();

  return {
    get cursor() {
      return statuses?.cursor ?? null;
    },
    open: opened.open,
    earlier: opened.earlier,
    reload,
  };
}
