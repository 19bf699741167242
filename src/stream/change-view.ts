import type { Run } from "../foundation/seq-set.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { MessageRef } from "../domain/messages/message-id.js";
import type { Audience } from "../domain/receipts/audience.js";
import type { AffectedQueries } from "./affected-queries.js";
import {
  visibleChange,
  type AffectedRun,
  type ChangeSet,
  type SeenChange,
  type SeenReceipt,
} from "./visible-change.js";

/** Whom a change is shown to, and whose messages they ask for. */
export interface ViewOfChange {
  readonly audience: Audience;
  /** With `sentByViewer`: the viewer; else null. */
  readonly sentBy: string | null;
}

/** What a viewer sees of a change. */
export interface ChangeView {
  /**
   * A change as a viewer sees it; null where nothing in it is for them.
   * @param cursor where a subscriber goes on after it
   */
  seenBy(
    set: ChangeSet,
    view: ViewOfChange,
    cursor: string,
  ): Promise<SeenChange | null>;
  /** How many messages changed for someone: by index probes, whatever the number. */
  messageCount(change: SeenChange): Promise<number>;
  /** The newest of the messages that changed, newest first. */
  messages(change: SeenChange, last: number): Promise<readonly MessageRow[]>;
}

type Queries = AffectedQueries;

/** @param messageAt reads a message; messages that are asked for at once are read together */
export function createChangeView(
  queries: Queries,
  messageAt: (message: MessageRef) => Promise<MessageRow>,
): ChangeView {
  const messageCount = (change: SeenChange) => countMessages(queries, change);
  return {
    messageCount,

    async seenBy(set, { audience, sentBy }, cursor) {
      const { conversationId, position } = set;
      const base = { cursor, conversationId, position, sentBy };
      if (set.isReset)
        return { ...base, receipts: [], affected: [], reset: true };
      const visible = visibleChange(set, audience);
      const affected = visible.affected.filter(
        (run) => sentBy === null || run.exceptSender !== sentBy,
      );
      if (affected.length === 0) return null;
      const receipts =
        sentBy === null
          ? visible.receipts
          : await receiptsOn(queries, conversationId, visible.receipts, sentBy);
      const change = { ...base, receipts, affected, reset: false };
      return receipts.length > 0 || (await messageCount(change)) > 0
        ? change
        : null;
    },

    async messages({ conversationId, affected, sentBy }, last) {
      const seqs = newestSeqs(affected, last + 1);
      // Numbers don't tell senders: where there are more than `last`, the statement picks the newest to show.
      if (seqs.length > last)
        return queries.newest(conversationId, affected, sentBy, last);
      const rows = await Promise.all(
        seqs.map((seq) => messageAt({ conversationId, seq })),
      );
      return rows.filter(
        (row) =>
          (sentBy === null || row.senderId === sentBy) &&
          affected.some((run) => isAffected(row, run)),
      );
    },
  };
}

/** Of these receipts, what they say of one sender's messages (R26). */
async function receiptsOn(
  queries: Queries,
  conversationId: string,
  receipts: readonly SeenReceipt[],
  sender: string,
): Promise<SeenReceipt[]> {
  const others = receipts.filter(
    ({ participant }) => participant.userId !== sender,
  );
  if (others.length === 0) return [];
  const bounds = await queries.ownBounds(
    conversationId,
    others.map(({ fromSeq, toSeq }) => ({ from: fromSeq, to: toSeq })),
    sender,
  );
  return others.flatMap((receipt, i) => {
    const { from, to } = bounds[i] ?? {};
    return typeof from === "number" && typeof to === "number"
      ? { ...receipt, fromSeq: from, toSeq: to }
      : [];
  });
}

/** With `sentBy`: that sender's messages in the runs. Without: all in the runs, less those of each `exceptSender`. */
async function countMessages(
  queries: Queries,
  { conversationId, affected, sentBy }: SeenChange,
): Promise<number> {
  const ownIn = async (runs: readonly AffectedRun[], senders: string[]) =>
    (await queries.ownCounts(conversationId, runs, senders)).reduce(
      (sum, { count }) => sum + count,
      0,
    );
  if (sentBy !== null)
    return ownIn(
      affected,
      affected.map(() => sentBy),
    );
  const all = affected.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const lessOwn = affected.filter(({ exceptSender }) => exceptSender !== null);
  if (lessOwn.length === 0) return all;
  return (
    all -
    (await ownIn(
      lessOwn,
      lessOwn.map(({ exceptSender }) => exceptSender ?? ""),
    ))
  );
}

function isAffected(
  { seq, senderId }: MessageRow,
  { from, to, exceptSender }: AffectedRun,
): boolean {
  return from <= seq && seq <= to && senderId !== exceptSender;
}

/** The highest numbers in these runs, which are disjoint and in order: so many at most, from the highest. */
function newestSeqs(runs: readonly Run[], limit: number): number[] {
  const seqs: number[] = [];
  for (const { from, to } of runs.toReversed())
    for (let seq = to; seq >= from && seqs.length < limit; seq--)
      seqs.push(seq);
  return seqs;
}
