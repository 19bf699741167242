import { Batcher } from "../foundation/batcher.js";
import { notFound } from "../foundation/errors.js";
import type { Position } from "../domain/conversations/position.js";
import type { Policies } from "../domain/conversations/receipt-policy.js";
import { SeqSet } from "../foundation/seq-set.js";
import type { Head } from "./head.js";
import type {
  LogQueries,
  LogTail,
  PolicyTexts,
  UnknownTail,
} from "./log-queries.js";
import type { Preferences } from "./preferences.js";
import type { ChangeSet } from "./visible-change.js";

/** About how many log rows one change merges; further rows come as a further change. */
const rowsPerChange = 5_000;

/**
 * The one way to get changes of status: for a round, for a subscription that resumes with `after`, for a
 * slow subscriber that catches up, and for `statusChanges`. A sweep finds only which conversations changed.
 */
export interface Changes {
  /**
   * What changed in a conversation after a position, merged.
   * @throws {AppError} NOT_FOUND where there is no such conversation
   */
  since(conversationId: string, from: Position): Promise<ChangeSet>;
  /** The same, however much it is. */
  allSince(conversationId: string, from: Position): Promise<ChangeSet>;
}

/**
 * Reads changes from the receipt log; what many ask for at once is one statement.
 * @param preferences learns which users have switched a preference, before the change that was read by
 * the same statement is returned
 * @param head learns each position that was read
 */
export function createChanges(
  queries: Pick<LogQueries, "tails">,
  preferences: Preferences,
  head: Head,
): Changes {
  const tails = new Batcher<
    { conversationId: string; version: number },
    LogTail | UnknownTail
  >({
    keyOf: ({ conversationId, version }) => `${version}:${conversationId}`,
    concurrency: 4,
    maxBatch: 100,
    async run(keys) {
      const since = preferences.snapshot;
      const reading = await queries.tails(keys, rowsPerChange, since);
      preferences.learn(reading.changedUsers, reading.snapshot);
      reading.tails.forEach((tail, i) => {
        const conversationId = keys[i]?.conversationId;
        if (tail.version !== null && conversationId !== undefined)
          head.learn({ conversationId, ...tail }, reading.snapshot);
      });
      return reading.tails;
    },
  });

  async function since(
    conversationId: string,
    from: Position,
  ): Promise<ChangeSet> {
    const tail = await tails.submit({ conversationId, version: from.version });
    if (tail.version === null) throw notFound("conversation");
    const { version, lastSeq, xid, changedMs, snapshot, rows } = tail;
    const policies = tail.policies && policiesOf(tail.policies);
    const lastRow = rows.at(-1);
    const isComplete = rows.length < rowsPerChange || !lastRow;
    return {
      conversationId,
      fromVersion: from.version,
      rows,
      policies,
      isComplete,
      isReset: from.version > version,
      position: isComplete
        ? { version, lastSeq, xid, changedMs, snapshot }
        : // The transaction of a version in between is not known: 0 proves nothing.
          {
            version: lastRow.version,
            lastSeq: from.lastSeq,
            xid: 0,
            changedMs: 0,
            snapshot,
          },
    };
  }

  async function allSince(
    conversationId: string,
    from: Position,
  ): Promise<ChangeSet> {
    let set = await since(conversationId, from);
    while (!set.isComplete) {
      const more = await since(conversationId, set.position);
      set = {
        ...more,
        fromVersion: from.version,
        rows: [...set.rows, ...more.rows],
      };
    }
    return set;
  }

  return { since, allSince };
}

function policiesOf(texts: PolicyTexts): Policies {
  return {
    underCounts: SeqSet.parse(texts.underCounts),
    underOff: SeqSet.parse(texts.underOff),
    counted: SeqSet.parse(texts.counted),
  };
}
