import type { Client } from "graphql-ws";
import { browserConnectivity, type Connectivity } from "../connectivity.js";
import {
  SendMessageDocument,
  SyncReceiptsDocument,
  type MessageFieldsFragment,
} from "../generated/operations.js";
import type { ReceiptMark } from "../marks.js";
import type { RefusedMark } from "../mark-batches.js";
import { createOutbox, type Outbox } from "../outbox.js";
import type { OutboxItem } from "../outbox-item.js";
import type { QueueStorage } from "../queue-storage.js";
import { createReceiptQueue, type ReceiptQueue } from "../receipt-queue.js";
import { followInbox, type Inbox } from "./inbox.js";
import { openSocket, type SocketOptions } from "./open-socket.js";
import {
  createSession,
  resumeWithNewToken,
  type Session,
  type Token,
} from "./session.js";
import type { Source } from "./source.js";

/** The settings of a signed-in user's connection. */
export interface ConnectOptions extends Pick<SocketOptions, "url" | "socket"> {
  readonly userId: string;
  /** Asks the app's back end for a token of the user. */
  readonly fetchToken: () => Promise<Token>;
  /** What ends a wait early; by default the browser's `online` event. */
  readonly connectivity?: Connectivity;
  /** Where the queues are kept; by default in IndexedDB, or in memory where the platform has none. */
  readonly storage?: {
    readonly receipts: QueueStorage<ReceiptMark>;
    readonly outbox: QueueStorage<OutboxItem<MessageFieldsFragment>>;
  };
  /** Called when a fresh token was refused, or nothing can be followed any more: the user has to sign in again. */
  readonly onSignIn?: (error: unknown) => void;
  /** Called with marks that the server refused for good. */
  readonly onRefused?: (refused: readonly RefusedMark[]) => void;
  /** Called when a storage fails or hangs; the queues go on in memory. */
  readonly onStorageError?: (error: unknown) => void;
}

/** A signed-in user's connection: what the hooks of `/react` need. */
export interface Acked {
  readonly userId: string;
  readonly source: Source;
  readonly receipts: ReceiptQueue;
  readonly outbox: Outbox<MessageFieldsFragment>;
  readonly connectivity: Connectivity;
  /** The newest cursor, of all conversations; null before the first reading. */
  readonly cursor: string | null;
  /** Keeps the cache up to date until the returned function is called; several calls share one inbox. */
  start(): () => void;
  /** Ends the queues, whose entries wait for the same user, and the socket. */
  close(): Promise<void>;
}

/** The ways to the server that a GraphQL client is made with. */
export interface Ways {
  readonly url: string;
  readonly session: Session;
  readonly socket: Client;
}

/** Opens a session and a socket. */
export function openWays(
  options: Pick<
    ConnectOptions,
    "url" | "fetchToken" | "socket" | "connectivity"
  >,
): Ways {
  const { url, fetchToken, connectivity } = options;
  const session = createSession(fetchToken);
  let used: string | undefined;
  const socket = openSocket({
    url,
    token: async () => (used = await session.token()),
    // All subscriptions of the socket lose it together.
    onTokenRefused: () => session.renew(used),
    socket: options.socket,
    connectivity,
  });
  return { url, session, socket };
}

/** Opens the queues of a user around a client, for the hooks. */
export function createAcked(
  { userId, storage, ...options }: Omit<ConnectOptions, "url" | "fetchToken">,
  { session, socket }: Ways,
  source: Source,
): Acked {
  const {
    connectivity = browserConnectivity,
    onSignIn = () => undefined,
    onRefused = () => undefined,
    onStorageError = () => undefined,
  } = options;
  const shared = {
    userId,
    onStorageError,
    connectivity: withSocket(connectivity, socket),
  };
  const receipts = createReceiptQueue({
    ...shared,
    ...(storage && { storage: storage.receipts }),
    send: (variables) => source.mutate(SyncReceiptsDocument, { ...variables }),
    onRefused,
  });
  const outbox = createOutbox<MessageFieldsFragment>({
    ...shared,
    ...(storage && { storage: storage.outbox }),
    send: (variables) => source.mutate(SendMessageDocument, { ...variables }),
  });
  const stops = [receipts, outbox].map((queue) =>
    resumeWithNewToken(queue, session, onSignIn),
  );
  let inbox: Inbox | null = null;
  let users = 0;

  return {
    userId,
    source,
    receipts,
    outbox,
    connectivity,
    get cursor() {
      return inbox?.cursor ?? null;
    },
    start() {
      users++;
      inbox ??= followInbox({
        connectivity,
        onTokenRefused: () => session.renew(),
        source,
        receipts,
        userId,
        onEnd: onSignIn,
      });
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        if (--users > 0) return;
        inbox?.stop();
        inbox = null;
      };
    },
    async close() {
      for (const stop of stops) stop();
      inbox?.stop();
      await Promise.all([receipts.close(), outbox.close(), socket.dispose()]);
    },
  };
}

/** A socket that has opened says that requests get through again. */
function withSocket({ onOnline }: Connectivity, socket: Client): Connectivity {
  return {
    onOnline(listener) {
      const stops = [onOnline(listener), socket.on("connected", listener)];
      return () => stops.forEach((stop) => stop());
    },
  };
}
