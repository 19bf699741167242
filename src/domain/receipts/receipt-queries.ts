import type { Db } from "../../db/connect.js";
import { prepare } from "../../db/prepare.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import type { Mark } from "./mark.js";
import {
  applyMarks,
  applyMarksOnceFree,
  type MarkOutcome,
} from "./mark-statement.js";

/** What a batch of marks is applied to, and what it waits for. */
export interface MarkTerms {
  /** How long it waits for a conversation that another transaction has locked, in milliseconds; null for not at all. */
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
    now: prepare(db, applyMarks),
    onceFree: prepare(db, applyMarksOnceFree),
  };
  return {
    mark: (marks, spans, { waitMs, largestSets }) => {
      const values = {
        conversationIds: marks.map((mark) => mark.conversationId),
        userIds: marks.map((mark) => mark.userId),
        kinds: marks.map((mark) => mark.kind),
        seqs: marks.map((mark) => mark.seq),
        sentTimes: marks.map(({ sentMs }) =>
          sentMs === null ? null : new Date(sentMs).toISOString(),
        ),
        spans: spans.map(String),
        largestSets,
      };
      return waitMs === null
        ? run.now(values)
        : run.onceFree({ ...values, waitMs });
    },
  };
}
