import type { ApolloClient } from "@apollo/client";
import {
  createOutbox,
  createReceiptQueue,
  createSeenObserver,
  sendByApollo,
  type Outbox,
  type ReceiptQueue,
  type SeenObserver,
} from "@acked/client";
import {
  SendMessageDocument,
  SyncReceiptsDocument,
} from "@acked/client/operations";
import { createApollo } from "./connection/apollo.js";
import { createCredentials } from "./connection/credentials.js";
import type { Connection } from "./connection/follow-by-apollo.js";
import { createNetwork, type Network } from "./connection/network.js";
import type { Person, Session } from "./connection/session.js";
import { createSocket, type Socket } from "./connection/socket.js";
import { createInbox, type Inbox } from "./inbox/inbox.js";
import type { Message } from "./inbox/queries.js";

/** One person's chat on one device, without its components. */
export interface App {
  readonly me: Person;
  readonly people: readonly Person[];
  readonly client: ApolloClient;
  readonly connection: Connection;
  readonly network: Network;
  readonly socket: Socket;
  /** Keeps marks until the server has them. */
  readonly receipts: ReceiptQueue;
  /** Keeps messages until the server has them. */
  readonly outbox: Outbox<Message>;
  /** Marks messages as read when their elements are seen. */
  readonly seen: SeenObserver;
  readonly inbox: Inbox;
}

/** Starts a person's chat, which runs until its page is closed. */
export function createApp(me: Person, { people }: Session): App {
  const network = createNetwork();
  const credentials = createCredentials(me, network);
  const socket = createSocket(network, credentials);
  const client = createApollo(network, credentials, socket);
  const connection = { client, network, credentials };
  const userId = me.id;
  const receipts = createReceiptQueue({
    userId,
    send: sendByApollo(client, SyncReceiptsDocument),
  });
  const outbox = createOutbox({
    userId,
    send: sendByApollo(client, SendMessageDocument),
  });
  const queues = [receipts, outbox];
  network.onChange(() => {
    for (const queue of queues)
      if (network.isOnline) queue.resume();
      else queue.pause();
  });
  // The server is back, so the queues need not wait for the end of a back-off.
  socket.onChange(() => {
    if (socket.isConnected) for (const queue of queues) queue.resume();
  });
  const inbox = createInbox({ connection, userId, receipts });
  const seen = createSeenObserver({ queue: receipts });
  return {
    ...{ me, people, client, connection, network, socket },
    ...{ receipts, outbox, seen, inbox },
  };
}
