import type { Db } from "../../db/connect.js";
import { prepare } from "../../db/prepare.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import type { Mark } from "./mark.js";
import { applyMarks, type MarkOutcome } from "./mark-statement.js";

/** The statement that writes receipts. */
export interface ReceiptQueries {
  /**
   * Applies a batch of marks, in one commit.
   * @param spans for each mark the messages that it covers and no earlier mark of the batch does
   * @returns the outcome of each mark, in order
   */
  mark(
    marks: readonly Mark[],
    spans: readonly SeqSet[],
  ): Promise<readonly MarkOutcome[]>;
}

/** Prepares the statement that writes receipts. */
export function receiptQueries(db: Db): ReceiptQueries {
  const run = prepare(db, applyMarks);
  return {
    mark: (marks, spans) =>
      run({
        conversationIds: marks.map((mark) => mark.conversationId),
        userIds: marks.map((mark) => mark.userId),
        kinds: marks.map((mark) => mark.kind),
        seqs: marks.map((mark) => mark.seq),
        spans: spans.map(String),
      }),
  };
}
