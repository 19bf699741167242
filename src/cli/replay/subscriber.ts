import { withDeadline } from "../../foundation/deadline.js";
import { z } from "zod";
import { follow, type Following } from "@acked/client/socket";
import { ReplayError, reasonOf } from "./replay-error.js";
import { openSocket } from "./socket.js";

/** How many events a subscriber has received so far. */
export interface EventCounts {
  /** Events of `messageStatusChanged`; one event may stand for many changes (R24). */
  statusChanges: number;
  /** Events of `messageAdded`. */
  messagesAdded: number;
}

/** A participant who follows both subscriptions of a conversation over a socket of their own. */
export interface Subscriber {
  counts(): EventCounts;
  /**
   * Waits until every message up to `seq` and every change of status has been received.
   *
   * @param isNewest asks the API over HTTP whether nothing changed after a cursor
   * @throws {ReplayError} where the stream ended, or brought nothing for thirty seconds though events
   *   are missing
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

const backOff = { firstMs: 100, longestMs: 3_200 };
const stuckAfterMs = 30_000;

/**
 * Subscribes after a cursor, so no event is missed though the socket opens later (R22). After a lost
 * connection it goes on from the newest cursor.
 */
export function subscribe(options: {
  endpoint: URL;
  token: () => Promise<string>;
  conversationId: string;
  after: string;
}): Subscriber {
  const { endpoint, token, conversationId, after } = options;
  const { client, closed } = openSocket(endpoint, token);
  const counts: EventCounts = { statusChanges: 0, messagesAdded: 0 };
  const waiting = createWaitingRoom();
  let newestSeq = 0;
  let failure: ReplayError | null = null;

  const statuses = watch(
    `subscription ($conversationId: ID!, $after: Cursor) {
      messageStatusChanged(conversationId: $conversationId, after: $after) { cursor }
    }`,
    (data) => {
      statusChanged.parse(data);
      counts.statusChanges += 1;
    },
  );
  const messages = watch(
    `subscription ($conversationId: ID!, $after: Cursor) {
      messageAdded(conversationId: $conversationId, after: $after) { cursor message { seq } }
    }`,
    (data) => {
      const { seq } = messageAdded.parse(data).messageAdded.message;
      if (seq > newestSeq + 1)
        throw new Error(
          `messageAdded brought ${String(seq)} after ${String(newestSeq)}`,
        );
      newestSeq = Math.max(newestSeq, seq);
      counts.messagesAdded += 1;
    },
  );

  function watch(query: string, take: (data: unknown) => void): Following {
    return follow<unknown>({
      client,
      query,
      variables: { conversationId, after },
      backOff,
      onData(data) {
        try {
          take(data);
          waiting.wake();
        } catch (error) {
          fail(reasonOf(error));
        }
      },
      onTokenRefused() {
        throw new Error("A replay has one token for each user.");
      },
      onEnd: ({ code, message }) => fail(`${code}: ${message}`),
    });
  }

  function fail(reason: string): void {
    failure ??= new ReplayError(`the subscriber: ${reason}`);
    waiting.wake();
  }

  return {
    counts: () => ({ ...counts }),

    async caughtUp(seq, isNewest) {
      for (;;) {
        // Taken before the check, so that an event during the check ends the wait.
        const event = waiting.nextEvent();
        if (failure) throw failure;
        const cursor = statuses.cursor ?? after;
        if (newestSeq >= seq && (await isNewest(cursor))) return;
        await orStuck(event);
      }
    },

    async close() {
      const isClosed = closed();
      statuses.stop();
      messages.stop();
      await isClosed;
    },
  };
}

/** Holds whoever waits for the next event. */
function createWaitingRoom() {
  const waiting = new Set<() => void>();
  return {
    nextEvent: () => new Promise<void>((resolve) => waiting.add(resolve)),
    wake() {
      for (const resume of waiting) resume();
      waiting.clear();
    },
  };
}

/** @throws {ReplayError} where no event came in time */
function orStuck(event: Promise<void>): Promise<void> {
  return withDeadline(event, stuckAfterMs, () => {
    throw new ReplayError("the subscriber: events are missing");
  });
}
