import * as fc from "fast-check";
import { expect, it } from "vitest";
import { SeqSet } from "../src/foundation/seq-set.js";

// Against sets of numbers, one by one.

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), {
  maxLength: 25,
});
const setOf = (items: readonly number[]) =>
  SeqSet.of(items.map((n) => ({ from: n, to: n })));
const membersOf = (set: SeqSet) =>
  Array.from({ length: 42 }, (_, n) => n).filter((n) => set.has(n));
const sorted = (items: Iterable<number>) => [...items].sort((a, b) => a - b);

it("agrees with sets of numbers on every operation", () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [x, y] = [setOf(a), setOf(b)];
      expect(membersOf(x)).toEqual(sorted(a));
      expect(x.size).toBe(a.length);
      expect(x.isEmpty).toBe(a.length === 0);
      expect(membersOf(x.union(y))).toEqual(sorted(new Set([...a, ...b])));
      expect(membersOf(x.intersect(y))).toEqual(
        sorted(a.filter((n) => b.includes(n))),
      );
      expect(membersOf(x.subtract(y))).toEqual(
        sorted(a.filter((n) => !b.includes(n))),
      );
    }),
  );
});

it("has one form for each set: runs that neither touch nor overlap, which Postgres reads as it writes", () => {
  fc.assert(
    fc.property(numbers, fc.boolean(), (a, isOpen) => {
      const set = isOpen ? setOf(a).union(SeqSet.span(41, Infinity)) : setOf(a);
      expect(SeqSet.parse(set.toString())).toEqual(set);
      set.runs.forEach((run, i) => {
        const next = set.runs[i + 1];
        if (next) expect(next.from).toBeGreaterThan(run.to + 1);
      });
    }),
  );
});

it("covers a run where it holds every number of it", () => {
  fc.assert(
    fc.property(
      numbers,
      fc.integer({ min: 1, max: 40 }),
      fc.nat({ max: 5 }),
      (a, from, more) => {
        const run = { from, to: from + more };
        const all = Array.from({ length: more + 1 }, (_, i) => from + i).every(
          (n) => a.includes(n),
        );
        expect(setOf(a).covers(run)).toBe(all);
      },
    ),
  );
});

it("reads nothing but multiranges", () => {
  for (const text of ["", "{", "{[1,2]}", "{(1,2)}", "{[1,2),}", "{[a,b)}"])
    expect(() => SeqSet.parse(text)).toThrow(SyntaxError);
  expect(SeqSet.parse("{}").isEmpty).toBe(true);
});
