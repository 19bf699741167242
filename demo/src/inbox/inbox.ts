import type { ReceiptQueue } from "acked/client";
import {
  InboxMessageAddedDocument,
  InboxStatusChangedDocument,
  ViewerDocument,
  type InboxMessageAddedSubscription,
} from "acked/operations";
import { follow, type Connection } from "../connection/follow.js";
import { keepTrying } from "../connection/keep-trying.js";
import { watchMembership } from "./membership.js";
import { withEarlier, withMessages } from "./pages.js";
import {
  conversationQuery,
  earlierQuery,
  listQuery,
  type ListedConversation,
  type Message,
} from "./queries.js";

/** A message as it arrives, with what a list shows of its conversation. */
type Arrived = InboxMessageAddedSubscription["messageAdded"]["message"];

/** Keeps what is in Apollo Client's cache true; components only read it. */
export interface Inbox {
  /** Where the stream of status changes stands. */
  readonly cursor: string | undefined;
  /** Reads a conversation, once, and keeps it up to date from then on. */
  open(id: string): void;
  /** Reads the page before the oldest message that is there. */
  earlier(id: string): Promise<void>;
  /** Reads everything anew. */
  reload(): Promise<void>;
}

/**
 * Starts a user's inbox: reads the list, then follows two subscriptions over all conversations from
 * where it was read, so that nothing falls between.
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
  /** Conversations that were opened; while one is being read, the messages that arrive for it. */
  const opened = new Map<string, Message[] | null>();
  let cursor = (): string | undefined => undefined;

  async function readList(): Promise<readonly ListedConversation[]> {
    const { data } = await client.query({
      ...listQuery,
      fetchPolicy: "network-only",
    });
    const listed = data?.conversations.nodes ?? [];
    takeDelivery(listed);
    const ids = new Set(listed.map(({ id }) => id));
    for (const id of opened.keys()) if (!ids.has(id)) opened.delete(id);
    return listed;
  }

  /** What was sent while this device was away is here as soon as its conversation is. */
  function takeDelivery(listed: readonly ListedConversation[]): void {
    for (const { id, lastMessage, viewerParticipant } of listed)
      if (
        lastMessage &&
        lastMessage.seq > (viewerParticipant?.deliveredUpToSeq ?? 0)
      )
        receipts.deliveredUpTo({ ...lastMessage, conversationId: id });
  }

  async function readConversation(id: string): Promise<void> {
    // What arrives meanwhile may be newer than what is read.
    const arriving: Message[] = [];
    opened.set(id, arriving);
    await keepTrying(network, () =>
      client.query({ ...conversationQuery(id), fetchPolicy: "network-only" }),
    );
    add(id, arriving);
    if (opened.get(id) === arriving) opened.set(id, null);
  }

  function add(id: string, messages: readonly Message[]): void {
    client.cache.updateQuery(conversationQuery(id), (data) =>
      withMessages(data, messages),
    );
  }

  function receive(message: Arrived): void {
    const { id: conversationId, viewerParticipant } = message.conversation;
    opened.get(conversationId)?.push(message);
    add(conversationId, [message]);
    const isOwn = message.sender.id === userId;
    // A stream that goes on from a cursor may repeat what this user has had before.
    if (!isOwn && message.seq > (viewerParticipant?.deliveredUpToSeq ?? 0))
      receipts.delivered({ ...message, conversationId });
    const list = client.readQuery(listQuery);
    if (
      list &&
      !list.conversations.nodes.some(({ id }) => id === conversationId)
    )
      void refreshList();
  }

  let refreshing: Promise<unknown> | null = null;

  /** Reads the list anew; what asks for it meanwhile is content with the same. */
  function refreshList(): Promise<unknown> {
    return (refreshing ??= keepTrying(network, readList).finally(
      () => (refreshing = null),
    ));
  }

  async function reload(): Promise<void> {
    await Promise.all([
      keepTrying(network, readList),
      ...[...opened.keys()].map(readConversation),
    ]);
  }

  async function start(): Promise<void> {
    const [listed] = await keepTrying(network, () =>
      Promise.all([
        readList(),
        client.query({ query: ViewerDocument, fetchPolicy: "network-only" }),
      ]),
    );
    // Any conversation's cursor is a place in the stream of them all.
    const after = listed[0]?.cursor;
    follow(
      connection,
      InboxMessageAddedDocument,
      (after) => ({ after }),
      after,
      ({ messageAdded }) => {
        receive(messageAdded.message);
        return messageAdded.cursor;
      },
    );
    const statuses = follow(
      connection,
      InboxStatusChangedDocument,
      (after) => ({ after }),
      after,
      ({ messageStatusChanged }) => {
        if (messageStatusChanged.reset) void reload();
        return messageStatusChanged.cursor;
      },
    );
    cursor = () => statuses.cursor;
    void watchMembership(connection, refreshList);
  }
  void start();

  return {
    get cursor() {
      return cursor();
    },
    open(id) {
      if (!opened.has(id)) void readConversation(id);
    },
    async earlier(id) {
      const loaded = client.readQuery(conversationQuery(id))?.conversation;
      if (!loaded?.messages.pageInfo.hasPreviousPage) return;
      const { data } = await client.query({
        ...earlierQuery(id, loaded.messages.pageInfo.startCursor ?? null),
        fetchPolicy: "no-cache",
      });
      if (data)
        client.cache.updateQuery(conversationQuery(id), (whole) =>
          withEarlier(whole, data),
        );
    },
    reload,
  };
}
