import type { Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import { LockQueue } from "../../db/lock-queue.js";
import { batchedReader } from "../../foundation/batched-reader.js";
import { AppError, notFound } from "../../foundation/errors.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import type { Turns } from "../../foundation/turns.js";
import type { MessageRow } from "./message.js";
import type { MessageKey, MessageRef } from "./message-id.js";
import type { MessageQueries } from "./message-queries.js";
import {
  createSendService,
  type MayView,
  type SendService,
} from "./send-service.js";

/** The messages that a page is taken from. */
export interface PageBounds {
  /** Only messages with a greater seq. */
  readonly above: number;
  /** Only messages with a lower seq. */
  readonly below: number;
  readonly limit: number;
  /** Whether the page is the last messages of these, rather than the first. */
  readonly fromEnd: boolean;
  /** The user whose turn the statement takes; nobody's where it is left out. */
  readonly owner?: string | null;
}

/** Sending, deleting and reading messages. */
export interface MessageService extends SendService {
  /**
   * Blanks a message (R13), which only its sender may. A second time changes nothing and is no error.
   * @returns the blank message
   * @throws {AppError} NOT_FOUND where the viewer can't see the message, FORBIDDEN where another sent it
   */
  deleteMessage(viewer: Viewer, ref: MessageKey): Promise<MessageRow>;
  /**
   * The message, whoever asks: for messages that the viewer was found to see. Messages that are asked
   * for at once are read together.
   * @throws {AppError} NOT_FOUND
   */
  get(ref: MessageRef): Promise<MessageRow>;
  /** The message where the viewer may see it, else null (R3, R18). */
  visible(viewer: Viewer, ref: MessageKey): Promise<MessageRow | null>;
  /** A page of the visible messages, in ascending order of seq. */
  page(
    conversationId: string,
    visible: SeqSet,
    bounds: PageBounds,
  ): Promise<readonly MessageRow[]>;
}

/** Makes the service of messages. */
export function createMessageService({
  queries,
  bus,
  turns,
  mayView,
}: {
  queries: MessageQueries;
  bus: Bus;
  /** The turns of the node's statements that wait for locks. */
  turns: Turns;
  mayView: MayView;
}): MessageService {
  const row = batchedReader({
    read: queries.byRef,
    keyOf: refKey,
    keyOfRow: refKey,
  });

  const blanks = new LockQueue<
    MessageRef & { senderId: string },
    number | null
  >({
    turns,
    maxBatch: 1,
    write: async ([message], waitMs) => {
      const [blanked] = message ? await queries.blank(message, waitMs) : [];
      return [blanked?.version ?? null];
    },
  });

  async function get(ref: MessageRef): Promise<MessageRow> {
    const found = await row(ref);
    if (!found) throw notFound("message");
    return found;
  }

  async function getKeyed(key: MessageKey): Promise<MessageRow> {
    const found = await get(key);
    if (!isOf(found, key)) throw notFound("message");
    return found;
  }

  return {
    ...createSendService({ queries, bus, turns, mayView }),
    get,

    async deleteMessage(viewer, ref) {
      const { conversationId, seq } = ref;
      const visible = await mayView(viewer, conversationId);
      if (!visible?.has(seq)) throw notFound("message");
      const { senderId } = await getKeyed(ref);
      if (senderId !== viewer.userId && !viewer.isService)
        throw new AppError(
          "FORBIDDEN",
          "Only its sender may delete a message.",
        );
      const message = { conversationId, seq, senderId };
      const version = await blanks.submit(conversationId, message);
      if (version !== null)
        bus.publish({
          kind: "conversation",
          conversationId,
          version,
          xid: null,
        });
      return get(ref);
    },

    async visible(viewer, ref) {
      // One after the other: a row that is read for somebody who may not see it takes time, and so tells of it.
      const visible = await mayView(viewer, ref.conversationId);
      const found = visible?.has(ref.seq) ? await row(ref) : null;
      return found && isOf(found, ref) ? found : null;
    },

    async page(
      conversationId,
      visible,
      { above, below, limit, fromEnd, owner = null },
    ) {
      const window = {
        ...{ conversationId, visible: `${visible}` },
        ...{ above, below, limit, owner },
      };
      return fromEnd
        ? (await queries.backward(window)).toReversed()
        : queries.forward(window);
    },
  };
}

function refKey({ conversationId, seq }: MessageRef): string {
  return `${seq}:${conversationId}`;
}

/** Whether a stored message is the one that a key names, and not another with the same number. */
function isOf(row: MessageRow, { sentMs }: MessageKey): boolean {
  return Date.parse(row.sentAt) === sentMs;
}
