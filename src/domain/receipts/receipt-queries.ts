import type { Db } from "../../db/connect.js";
import {
  prepareForOneConversation,
  preparePerConversation,
} from "../../db/per-conversation.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import type { Mark, MarkOutcome } from "./mark.js";
import { applyMarks, applyMarksOnceFree } from "./mark-statement.js";

/** What a batch of marks is applied to, and what it waits for. */
export interface MarkTerms {
  /**
   * How long it waits for its conversation where another transaction has locked it, in milliseconds; null for not
   * at all. Marks in one conversation alone may wait.
   */
  readonly waitMs: number | null;
  /** Marks of a participant whose stored sets take more bytes go apart. */
  readonly largestSets: number;
}

/** The statements that write receipts. */
export interface ReceiptQueries {
  /**
   * Applies a batch of marks, in one commit.
   * @param spans for each mark the messages that it covers and no earlier mark of the batch does
   * @returns the outcome of each mark, in order
   */
  mark(
    marks: readonly Mark[],
    spans: readonly SeqSet[],
    terms: MarkTerms,
  ): Promise<readonly MarkOutcome[]>;
}

/** Prepares the statements that write receipts. */
export function receiptQueries(db: Db): ReceiptQueries {
  const run = {
    now: preparePerConversation(db, applyMarks),
    onceFree: prepareForOneConversation(db, applyMarksOnceFree),
  };
  return {
    mark: (marks, spans, { waitMs, largestSets }) => {
      const conversationIds = marks.map((mark) => mark.conversationId);
      const values = {
        userIds: marks.map((mark) => mark.userId),
        kinds: marks.map((mark) => mark.kind),
        seqs: marks.map((mark) => mark.seq),
        sentTimes: marks.map(({ sentMs }) =>
          sentMs === null ? null : new Date(sentMs).toISOString(),
        ),
        spans: spans.map(String),
        firstSeqs: marks.map(({ covers, seq }) => covers.runs[0]?.from ?? seq),
        seen: marks.map(({ seen }) => seen ?? -1),
        largestSets,
      };
      return waitMs === null
        ? run.now(conversationIds, values)
        : run.onceFree(conversationIds, { ...values, waitMs });
    },
  };
}
