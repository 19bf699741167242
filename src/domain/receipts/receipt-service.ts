import { assertMarksForSelf, type Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import { AppError, notFound } from "../../foundation/errors.js";
import { SeqSet } from "../../foundation/seq-set.js";
import type { Turns } from "../../foundation/turns.js";
import type { PositionAt } from "../conversations/position.js";
import type { MessageRef } from "../messages/message-id.js";
import type { Mark } from "./mark.js";
import type { MarkObserver } from "./mark-observer.js";
import { createMarkWriter } from "./mark-writer.js";
import type { ReceiptKind } from "./receipt.js";
import type { ReceiptQueries } from "./receipt-queries.js";

/** What a mark did, and where the conversation's stream stands after it. */
export interface Marked {
  readonly changed: boolean;
  readonly position: PositionAt;
}

export type ReceiptService = ReturnType<typeof createReceiptService>;

/** Marks: who has received and read what. */
export function createReceiptService({
  queries,
  bus,
  turns,
  observer = {},
}: {
  queries: ReceiptQueries;
  bus: Bus;
  /** The turns of the node's statements that wait for locks. */
  turns: Turns;
  observer?: MarkObserver;
}) {
  const writer = createMarkWriter({ queries, bus, turns, observer });

  async function submit(mark: Mark): Promise<Marked> {
    const { kind } = mark;
    let outcome;
    try {
      outcome = await writer.write(mark);
    } catch (error) {
      observer.onMark?.(kind, "failed");
      throw error;
    }
    const { found, changed, apart: _, moved: __, ...position } = outcome;
    if (!found) {
      observer.onMark?.(kind, "not_found");
      throw notFound("message");
    }
    observer.onMark?.(kind, changed ? "changed" : "unchanged");
    return { changed, position };
  }

  return {
    /**
     * Marks one message (R8), or every message up to it, as delivered to or read by the viewer.
     * Answers once it is durable (R10); a repeat changes nothing (R9). A read takes flags off what it marks (R32).
     * @param seen the version of the conversation that the device had seen; null where it does not say
     * @throws {AppError} NOT_FOUND where the viewer can't see the message; FORBIDDEN for a service token
     */
    async mark(
      viewer: Viewer,
      kind: ReceiptKind,
      message: MessageRef & { readonly sentMs?: number },
      { upTo, seen = null }: { upTo: boolean; seen?: number | null },
    ): Promise<Marked> {
      assertMarksForSelf(viewer);
      const { conversationId, seq, sentMs = null } = message;
      const covers = SeqSet.span(upTo ? 1 : seq, seq);
      const { userId } = viewer;
      return submit({
        ...{ conversationId, seq, sentMs, userId, kind },
        ...{ covers, seen },
      });
    },

    /** Marks waiting to be written. */
    get waiting(): number {
      return writer.waiting;
    },

    /** Marks that wait for their batch. Those that wait apart, for a lock, are not among them. */
    inLanes: writer.inLanes,
  };
}

/** The code that a refused mark of `syncReceipts` is answered with. */
export function refusalOf(error: unknown): "NOT_FOUND" | "BAD_USER_INPUT" {
  if (
    error instanceof AppError &&
    (error.code === "NOT_FOUND" || error.code === "BAD_USER_INPUT")
  )
    return error.code;
  throw error;
}
