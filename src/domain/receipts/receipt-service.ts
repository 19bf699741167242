import { availableParallelism } from "node:os";
import { assertMarksForSelf, type Viewer } from "../../auth/viewer.js";
import { Batcher } from "../../foundation/batcher.js";
import type { PositionAt } from "../conversations/position.js";
import { isDatabaseUnavailable } from "../../db/failure.js";
import { membershipKey } from "../conversations/participant.js";
import { AppError, notFound } from "../../foundation/errors.js";
import type { Bus } from "../../bus/bus.js";
import type { ReceiptKind } from "./receipt.js";
import type { MessageRef } from "../messages/message-id.js";
import { SeqSet } from "../../foundation/seq-set.js";
import { disjointSpans, type Mark } from "./mark.js";
import type { MarkOutcome } from "./mark-statement.js";
import type { ReceiptQueries } from "./receipt-queries.js";

/** The answer to a mark, with the position of the conversation's stream after it. */
export interface Marked {
  readonly changed: boolean;
  readonly position: PositionAt;
}

/** Called by the write path, for metrics: with the size of each batch, and for each mark turned away. */
export interface MarkObserver {
  onBatch?: (size: number) => void;
  onOverload?: () => void;
}

/**
 * The number of lanes that marks are written in. It is one more than there are cores on small
 * machines: while Node answers one lane's batch, Postgres works on another's (31,000 marks/s in two
 * lanes, 36,000 in three).
 */
export const markLanes = Math.min(4, Math.max(3, availableParallelism()));

/** Marks. */
export interface ReceiptService {
  /**
   * Marks one message (R8), or every message up to it, as delivered to the viewer or read by the
   * viewer. Resolves once the mark is durable (R10); a repeat changes nothing (R9).
   * @throws {AppError} NOT_FOUND where the viewer can't see the message; FORBIDDEN for a service token
   */
  mark(
    viewer: Viewer,
    kind: ReceiptKind,
    message: MessageRef & { readonly sentMs?: number },
    options: { upTo: boolean },
  ): Promise<Marked>;
  /** The number of marks that wait to be written. */
  readonly waiting: number;
}

/** Makes the service of marks. */
export function createReceiptService({
  queries,
  bus,
  observer = {},
}: {
  queries: ReceiptQueries;
  bus: Bus;
  observer?: MarkObserver;
}): ReceiptService {
  const lanes = Array.from(
    { length: markLanes },
    () =>
      new Batcher<Mark, MarkOutcome>({
        run,
        isOneItemsFault: (error) => !isDatabaseUnavailable(error),
        maxBatch: 2_000,
        maxWaiting: 50_000,
        ...observer,
      }),
  );

  /**
   * Runs a batch. Where a mark was refused, the later marks that were cut short on its account run
   * again.
   */
  async function run(marks: readonly Mark[]): Promise<readonly MarkOutcome[]> {
    const outcomes = [...(await queries.mark(marks, disjointSpans(marks)))];
    const again = cutShort(marks, outcomes);
    if (again.length > 0) {
      const rerun = await run(again.flatMap((i) => marks[i] ?? []));
      again.forEach((i, n) => {
        const [first, second] = [outcomes[i], rerun[n]];
        if (first && second)
          outcomes[i] = { ...second, changed: first.changed || second.changed };
      });
    }
    publish(marks, outcomes);
    return outcomes;
  }

  function publish(
    marks: readonly Mark[],
    outcomes: readonly MarkOutcome[],
  ): void {
    const changed = new Map<string, MarkOutcome>();
    marks.forEach(({ conversationId }, i) => {
      const outcome = outcomes[i];
      if (outcome?.changed) changed.set(conversationId, outcome);
    });
    for (const [conversationId, { version, xid }] of changed)
      bus.publish({ kind: "conversation", conversationId, version, xid });
  }

  async function submit(mark: Mark): Promise<Marked> {
    const lane = lanes[hash(mark.conversationId) % lanes.length] as Batcher<
      Mark,
      MarkOutcome
    >;
    const { found, changed, ...position } = await lane.submit(mark);
    if (!found) throw notFound("message");
    return { changed, position };
  }

  return {
    async mark(viewer, kind, message, { upTo }) {
      assertMarksForSelf(viewer);
      const { conversationId, seq } = message;
      return submit({
        conversationId,
        seq,
        sentMs: message.sentMs ?? null,
        userId: viewer.userId,
        kind,
        covers: SeqSet.span(upTo ? 1 : seq, seq),
      });
    },

    get waiting() {
      return lanes.reduce((sum, lane) => sum + lane.size, 0);
    },
  };
}

/** The marks that lost part of their span to an earlier mark that was then refused. */
function cutShort(
  marks: readonly Mark[],
  outcomes: readonly MarkOutcome[],
): number[] {
  const refused = new Set<string>();
  const again: number[] = [];
  marks.forEach(({ conversationId, userId }, i) => {
    const key = membershipKey({ conversationId, userId });
    if (!outcomes[i]?.found) refused.add(key);
    else if (refused.has(key)) again.push(i);
  });
  return again;
}

function hash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) >>> 0;
  return h;
}

/**
 * The code with which a refused mark of `syncReceipts` is answered.
 * @throws any other error
 */
export function refusalOf(error: unknown): "NOT_FOUND" | "BAD_USER_INPUT" {
  if (
    error instanceof AppError &&
    (error.code === "NOT_FOUND" || error.code === "BAD_USER_INPUT")
  )
    return error.code;
  throw error;
}
