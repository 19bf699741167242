import { availableParallelism } from "node:os";
import type { Bus } from "../../bus/bus.js";
import { isDatabaseUnavailable } from "../../db/failure.js";
import { LockQueue, writeWaitMs } from "../../db/lock-queue.js";
import { notYet } from "../../foundation/batcher.js";
import { Lanes } from "../../foundation/lanes.js";
import { Turns } from "../../foundation/turns.js";
import { membershipKey } from "../conversations/participant.js";
import { createApplyMarks } from "./apply-marks.js";
import type { Apart, Mark, MarkOutcome } from "./mark.js";
import type { MarkObserver } from "./mark-observer.js";
import type { ReceiptQueries } from "./receipt-queries.js";

/** Writes marks. */
export interface MarkWriter {
  /**
   * Resolves once the mark is durable.
   * @throws {AppError} UNAVAILABLE where too much waits, or the mark waits for too long
   */
  write(mark: Mark): Promise<MarkOutcome>;
  /** How many marks wait to be written. */
  readonly waiting: number;
  /** How many of them wait for their batch, and not apart, for a lock or a participant. */
  inLanes(): number;
}

/**
 * Marks are written in so many lanes. One more than there are cores on small machines: while Node
 * answers one lane's batch, Postgres has another's (31,000 marks/s in two lanes, 36,000 in three).
 */
export const markLanes = Math.min(4, Math.max(3, availableParallelism()));

const maxWaiting = 50_000;

/** The sets that lanes work on, in bytes: some 400 runs. A mark in 10,000 runs takes 20 ms. */
export const quickSets = 8_192;

/** At most so many marks of a participant go in one batch: the work for each grows with their number. */
const marksOfOne = 500;

/** What a mark that is passed over is answered with. */
const nothing: Omit<MarkOutcome, "apart"> = {
  found: false,
  changed: false,
  ...{ version: 0, lastSeq: 0, xid: 0, changedMs: 0, snapshot: "" },
};

/**
 * Makes the writer of marks. Lanes wait for nobody. What would make others of a batch wait goes apart:
 * marks in a conversation that another transaction has locked wait in that conversation's queue, and
 * marks of a participant whose sets are large, or who marks very much at once, in that participant's.
 */
export function createMarkWriter({
  queries,
  bus,
  turns,
  observer,
}: {
  queries: ReceiptQueries;
  bus: Bus;
  turns: Turns;
  observer: MarkObserver;
}): MarkWriter {
  const apply = createApplyMarks(queries, bus);
  const lanes = new Lanes<Mark, MarkOutcome>({
    name: "write marks",
    count: markLanes,
    laneKeyOf: (mark) => mark.conversationId,
    ownerOf: (mark) => mark.userId,
    run: inLane,
    isOneItemsFault: (error) => !isDatabaseUnavailable(error),
    ...{ maxBatch: 2_000, maxWaiting, maxWaitMs: writeWaitMs },
    ...observer,
  });
  const { onBatch: _, ...queueObserver } = observer;
  const queues: Queues = {
    conversation: new LockQueue({
      ...queueObserver,
      ...{ turns, maxBatch: 2_000, maxWaiting },
      ownerOf: (mark) => mark.userId,
      write: (marks, waitMs) =>
        apply(marks, { waitMs, largestSets: quickSets }),
    }),
    participant: new LockQueue({
      ...queueObserver,
      // These turns are spent on work, not on waiting for a lock: they must not take those of the locks.
      turns: new Turns({
        limit: 2,
        first: { longestMs: 100, rotationMs: 500 },
        later: { longestMs: 500, rotationMs: 1_000 },
      }),
      ...{ maxBatch: marksOfOne, maxWaiting },
      write: async (marks, waitMs) => {
        const terms = { waitMs, largestSets: Number.MAX_SAFE_INTEGER };
        return (await apply(marks, terms)).map((outcome) => {
          const isHeld = outcome.apart === "participant" && !outcome.changed;
          return isHeld ? notYet : outcome;
        });
      },
    }),
  };
  const keyOf: Record<Apart, (mark: Mark) => string> = {
    conversation: (mark) => mark.conversationId,
    participant: membershipKey,
  };

  /** Applies the marks of a lane's batch that need not go apart. */
  async function inLane(
    marks: readonly Mark[],
  ): Promise<readonly MarkOutcome[]> {
    const reasons = reasonsToGoApart(marks, queues);
    const together = marks.filter((_, i) => reasons[i] === null);
    const terms = { waitMs: null, largestSets: quickSets };
    const applied = together.length > 0 ? await apply(together, terms) : [];
    const outcomes = applied.values();
    return reasons.map((apart) => {
      const outcome = apart ? null : outcomes.next().value;
      return outcome ?? { ...nothing, apart };
    });
  }

  return {
    async write(mark) {
      let outcome = await lanes.submit(mark);
      let { changed } = outcome;
      while (outcome.apart) {
        const { apart } = outcome;
        observer.onApart?.(apart);
        outcome = await queues[apart].submit(keyOf[apart](mark), mark);
        changed ||= outcome.changed;
      }
      return { ...outcome, changed };
    },

    inLanes: () => lanes.size,

    get waiting() {
      return lanes.size + queues.conversation.size + queues.participant.size;
    },
  };
}

type Queues = Readonly<Record<Apart, LockQueue<Mark, MarkOutcome>>>;

/**
 * For each mark of a batch why it goes apart at once; null for a mark that does not. What waits is not
 * overtaken.
 */
function reasonsToGoApart(
  marks: readonly Mark[],
  queues: Queues,
): (Apart | null)[] {
  const counts = new Map<string, number>();
  return marks.map((mark) => {
    const key = membershipKey(mark);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (queues.conversation.has(mark.conversationId)) return "conversation";
    return count > marksOfOne || queues.participant.has(key)
      ? "participant"
      : null;
  });
}
