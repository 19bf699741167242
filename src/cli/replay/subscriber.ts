import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { z } from "zod";
import { ReplayError, reasonOf } from "./replay-error.js";

/** What a subscriber has received so far. */
export interface EventCounts {
  /** Events of `messageStatusChanged`; one may stand for many changes (R24). */
  statusChanges: number;
  /** Events of `messageAdded`. */
  messagesAdded: number;
}

/** Someone in the conversation who watches both subscriptions over a socket of their own. */
export interface Subscriber {
  counts(): EventCounts;
  /**
   * Waits until every message up to `seq` and every change of status has been received.
   *
   * @param isNewest whether nothing changed after this cursor, as the API says without a socket
   * @throws {ReplayError} where the stream ended, or brought nothing for thirty seconds though there
   *   is more
   */
  caughtUp(
    seq: number,
    isNewest: (cursor: string) => Promise<boolean>,
  ): Promise<void>;
  /** Resolves once the socket is closed. */
  close(): Promise<void>;
}

const statusChanged = z.object({
  messageStatusChanged: z.object({ cursor: z.string() }),
});
const messageAdded = z.object({
  messageAdded: z.object({
    cursor: z.string(),
    message: z.object({ seq: z.int() }),
  }),
});

const firstRetryMs = 100;
const stuckAfterMs = 30_000;

/**
 * Subscribes after a cursor, so it misses nothing though the socket opens later (R22). A lost socket
 * is opened again, and resumes after the newest cursor it brought.
 */
export function subscribe(options: {
  endpoint: URL;
  token: () => Promise<string>;
  conversationId: string;
  after: string;
}): Subscriber {
  const { conversationId } = options;
  const url = new URL(options.endpoint);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const client = createClient({
    url: url.href,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({
      authorization: `Bearer ${await options.token()}`,
    }),
    // By default a refused connection is final, and a server that restarts refuses for a while.
    shouldRetry: () => true,
    retryWait: (retries) => delay(firstRetryMs * 2 ** retries),
  });

  const counts: EventCounts = { statusChanges: 0, messagesAdded: 0 };
  let statusCursor = options.after;
  let messageCursor = options.after;
  let newestSeq = 0;
  let failure: ReplayError | null = null;
  let closing = false;
  let isOpen = false;
  const waiting = new Set<() => void>();
  client.on("connected", () => (isOpen = true));
  client.on("closed", () => (isOpen = false));

  const unsubscribe = [
    watch(
      `subscription ($conversationId: ID!, $after: Cursor) {
        messageStatusChanged(conversationId: $conversationId, after: $after) { cursor }
      }`,
      () => statusCursor,
      (data) => {
        statusCursor = statusChanged.parse(data).messageStatusChanged.cursor;
        counts.statusChanges += 1;
      },
    ),
    watch(
      `subscription ($conversationId: ID!, $after: Cursor) {
        messageAdded(conversationId: $conversationId, after: $after) { cursor message { seq } }
      }`,
      () => messageCursor,
      (data) => {
        const { cursor, message } = messageAdded.parse(data).messageAdded;
        if (message.seq > newestSeq + 1)
          throw new Error(
            `messageAdded brought ${String(message.seq)} after ${String(newestSeq)}`,
          );
        newestSeq = Math.max(newestSeq, message.seq);
        messageCursor = cursor;
        counts.messagesAdded += 1;
      },
    ),
  ];

  function watch(
    query: string,
    after: () => string,
    take: (data: unknown) => void,
  ): () => void {
    return client.subscribe<unknown>(
      {
        query,
        // Read each time the client opens a socket, so that a new one resumes where the last ended.
        get variables() {
          return { conversationId, after: after() };
        },
      },
      {
        next: ({ data, errors }) => {
          if (errors?.[0]) {
            fail(errors[0].message);
            return;
          }
          try {
            take(data);
            wake();
          } catch (error) {
            fail(reasonOf(error));
          }
        },
        error: (error) => {
          fail(describe(error));
        },
        complete: () => {
          if (!closing) fail("the server ended the subscription");
        },
      },
    );
  }

  function fail(reason: string): void {
    failure ??= new ReplayError(`the subscriber: ${reason}`);
    wake();
  }

  function wake(): void {
    for (const resume of waiting) resume();
    waiting.clear();
  }

  function nextEvent(): Promise<void> {
    return new Promise((resolve) => waiting.add(resolve));
  }

  return {
    counts: () => ({ ...counts }),

    async caughtUp(seq, isNewest) {
      for (;;) {
        // Taken before looking, so that an event in between is not waited for in vain.
        const event = nextEvent();
        if (failure) throw failure;
        if (newestSeq >= seq && (await isNewest(statusCursor))) return;
        await orStuck(event);
      }
    },

    async close() {
      closing = true;
      const closed = isOpen
        ? new Promise<void>((resolve) => {
            client.on("closed", () => {
              resolve();
            });
          })
        : null;
      // The client closes its socket with the last of its subscriptions.
      for (const end of unsubscribe) end();
      await closed;
    },
  };
}

async function orStuck(event: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ReplayError("the subscriber: events are missing"));
    }, stuckAfterMs);
  });
  try {
    await Promise.race([event, stuck]);
  } finally {
    clearTimeout(timer);
  }
}

const closeEvent = z.object({ code: z.number(), reason: z.string() });
const errorEvent = z.object({ message: z.string() });

/** What a socket or an `error` message of graphql-ws says. */
function describe(error: unknown): string {
  if (Array.isArray(error)) return describe(error[0]);
  const closed = closeEvent.safeParse(error);
  if (closed.success)
    return `closed with ${String(closed.data.code)} ${closed.data.reason}`;
  const failed = errorEvent.safeParse(error);
  return failed.success ? failed.data.message : reasonOf(error);
}
