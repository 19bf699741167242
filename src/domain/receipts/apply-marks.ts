import type { Bus } from "../../bus/bus.js";
import { membershipKey } from "../conversations/participant.js";
import { disjointSpans, type Mark, type MarkOutcome } from "./mark.js";
import type { MarkTerms, ReceiptQueries } from "./receipt-queries.js";

/** Applies marks by one statement, and tells the bus. Gives the outcome of each, in order. */
type ApplyMarks = (
  marks: readonly Mark[],
  terms: MarkTerms,
) => Promise<readonly MarkOutcome[]>;

/**
 * Makes the function that applies a batch of marks. Where a mark was refused, those after it that were
 * cut short on its account are applied again. By then others may have the lock; the rest of such a mark
 * then goes apart.
 */
export function createApplyMarks(
  queries: ReceiptQueries,
  bus: Bus,
): ApplyMarks {
  async function apply(
    marks: readonly Mark[],
    terms: MarkTerms,
  ): Promise<readonly MarkOutcome[]> {
    const outcomes = [
      ...(await queries.mark(marks, disjointSpans(marks), terms)),
    ];
    const again = cutShort(marks, outcomes);
    if (again.length > 0) {
      const rest = again.flatMap((i) => marks[i] ?? []);
      const rerun = await apply(rest, { ...terms, waitMs: null });
      again.forEach((i, n) => {
        const [first, second] = [outcomes[i], rerun[n]];
        if (first && second) outcomes[i] = inBothRuns(first, second);
      });
    }
    publishChanges(marks, outcomes);
    return outcomes;
  }

  function publishChanges(
    marks: readonly Mark[],
    outcomes: readonly MarkOutcome[],
  ): void {
    const changed = new Map<string, MarkOutcome>();
    marks.forEach(({ conversationId }, i) => {
      const outcome = outcomes[i];
      if (outcome?.moved) changed.set(conversationId, outcome);
    });
    for (const [conversationId, { version, xid }] of changed)
      bus.publish({ kind: "conversation", conversationId, version, xid });
  }

  return apply;
}

/** The marks that lost part of their span to an earlier one that was then refused. */
function cutShort(
  marks: readonly Mark[],
  outcomes: readonly MarkOutcome[],
): number[] {
  const refused = new Set<string>();
  const again: number[] = [];
  marks.forEach((mark, i) => {
    const outcome = outcomes[i];
    // All marks of a participant are passed over, or none is.
    if (outcome?.apart) return;
    const key = membershipKey(mark);
    if (!outcome?.found) refused.add(key);
    else if (refused.has(key)) again.push(i);
  });
  return again;
}

/** What a mark did that was applied, cut short, and applied again. */
function inBothRuns(first: MarkOutcome, second: MarkOutcome): MarkOutcome {
  const both = {
    changed: first.changed || second.changed,
    moved: first.moved || second.moved,
  };
  return second.apart
    ? { ...first, apart: second.apart, ...both }
    : { ...second, ...both };
}
