import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MarkSet,
  redundantMarks,
  type ReceiptMark,
} from "../../packages/client/src/marks.js";

const anyMark = fc
  .record({
    kind: fc.constantFrom("DELIVERED", "READ"),
    upTo: fc.boolean(),
    conversationId: fc.constantFrom("a", "b"),
    seq: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ kind, upTo, conversationId, seq }): ReceiptMark => {
    const messageId = `${conversationId}${seq}`;
    const key = `${kind}${upTo ? "*" : ""}:${messageId}`;
    return { key, queuedAtMs: 0, messageId, conversationId, seq, kind, upTo };
  });

const someMarks = fc.uniqueArray(anyMark, { selector: ({ key }) => key });

/** Every message that marks say something of, the long way. */
function meaning(marks: readonly ReceiptMark[]): string[] {
  const said = new Set<string>();
  for (const { kind, upTo, conversationId, seq } of marks)
    for (let s = upTo ? 1 : seq; s <= seq; s++) {
      said.add(`DELIVERED ${conversationId}${s}`);
      if (kind === "READ") said.add(`READ ${conversationId}${s}`);
    }
  return [...said].sort();
}

describe("merging marks", () => {
  it("keeps what they say together", () => {
    fc.assert(
      fc.property(someMarks, (marks) => {
        const redundant = redundantMarks(marks, new MarkSet());
        const kept = marks.filter((mark) => !redundant.includes(mark));
        expect(meaning(kept)).toEqual(meaning(marks));
      }),
    );
  });

  it("keeps none that others say", () => {
    fc.assert(
      fc.property(someMarks, (marks) => {
        const redundant = redundantMarks(marks, new MarkSet());
        const kept = marks.filter((mark) => !redundant.includes(mark));
        for (const mark of kept) {
          const others = new MarkSet();
          for (const other of kept) if (other !== mark) others.add(other);
          expect(others.has(mark)).toBe(false);
        }
      }),
    );
  });

  it("keeps nothing that the server knows", () => {
    fc.assert(
      fc.property(someMarks, someMarks, (marks, acknowledged) => {
        const known = new MarkSet();
        for (const mark of acknowledged) known.add(mark);
        const redundant = redundantMarks(marks, known);
        const kept = marks.filter((mark) => !redundant.includes(mark));
        expect(meaning([...kept, ...acknowledged])).toEqual(
          meaning([...marks, ...acknowledged]),
        );
        for (const mark of kept) expect(known.has(mark)).toBe(false);
      }),
    );
  });

  it("forgets the oldest single marks beyond a number, and no up-to mark", () => {
    const single = (seq: number): ReceiptMark => ({
      key: `READ:c${seq}`,
      queuedAtMs: 0,
      messageId: `c${seq}`,
      conversationId: "c",
      seq,
      kind: "READ",
      upTo: false,
    });
    const known = new MarkSet(2);
    known.add({ ...single(1), upTo: true });
    for (const seq of [10, 11, 12]) known.add(single(seq));
    expect([1, 10, 11, 12].map((seq) => known.has(single(seq)))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
