/** A run of sequence numbers, both ends included. `to` may be `Infinity`. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/**
 * A set of sequence numbers as ascending, disjoint, non-adjacent runs. Postgres's type for it is
 * `int8multirange`. A set is immutable; every operation is linear in the number of runs.
 */
export class SeqSet {
  static readonly empty = new SeqSet([]);

  readonly runs: readonly Run[];

  private constructor(runs: readonly Run[]) {
    this.runs = runs;
  }

  /** The set of the numbers `from` to `to`, both included; the empty set where `to < from`. */
  static span(from: number, to: number): SeqSet {
    return to < from ? SeqSet.empty : new SeqSet([{ from, to }]);
  }

  /** The union of any runs, in any order, overlapping or not. */
  static of(runs: Iterable<Run>): SeqSet {
    const sorted = [...runs]
      .filter((run) => run.from <= run.to)
      .sort((a, b) => a.from - b.from);
    const merged: Run[] = [];
    for (const run of sorted) {
      const last = merged.at(-1);
      if (last && run.from <= last.to + 1)
        merged[merged.length - 1] = {
          from: last.from,
          to: Math.max(last.to, run.to),
        };
      else merged.push(run);
    }
    return new SeqSet(merged);
  }

  /**
   * Reads Postgres's canonical text form, e.g. `{[1,6),[9,)}`.
   * @throws {SyntaxError} on anything else
   */
  static parse(text: string): SeqSet {
    if (!/^\{(\[\d+,\d*\)(,\[\d+,\d*\))*)?\}$/.test(text))
      throw new SyntaxError(`not a multirange: ${text}`);
    const runs: Run[] = [];
    for (const [, from, to] of text.matchAll(/\[(\d+),(\d*)\)/g))
      runs.push({
        from: Number(from),
        to: to === "" ? Infinity : Number(to) - 1,
      });
    return new SeqSet(runs);
  }

  /** Postgres's text form. */
  toString(): string {
    const ranges = this.runs.map(
      ({ from, to }) => `[${from},${to === Infinity ? "" : to + 1})`,
    );
    return `{${ranges.join(",")}}`;
  }

  get isEmpty(): boolean {
    return this.runs.length === 0;
  }

  /** The number of its members. */
  get size(): number {
    return this.runs.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  /** The lowest number, or null when empty. */
  get first(): number | null {
    return this.runs[0]?.from ?? null;
  }

  /** The highest number, or null when empty. */
  get last(): number | null {
    return this.runs.at(-1)?.to ?? null;
  }

  /** Whether the set holds a number. */
  has(seq: number): boolean {
    return this.runs.some(({ from, to }) => from <= seq && seq <= to);
  }

  /** Whether the set holds every number of a run. */
  covers(run: Run): boolean {
    return this.runs.some(({ from, to }) => from <= run.from && run.to <= to);
  }

  /** The numbers that are in either set. */
  union(other: SeqSet): SeqSet {
    return SeqSet.of([...this.runs, ...other.runs]);
  }

  /** The numbers that are in both sets. */
  intersect(other: SeqSet): SeqSet {
    const common: Run[] = [];
    let i = 0;
    let j = 0;
    for (;;) {
      const a = this.runs[i];
      const b = other.runs[j];
      if (!a || !b) return new SeqSet(common);
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from <= to) common.push({ from, to });
      if (a.to <= b.to) i++;
      else j++;
    }
  }

  /** The numbers of this set that are not in the other. */
  subtract(other: SeqSet): SeqSet {
    return this.intersect(other.complement());
  }

  /** Whether both sets hold the same numbers. */
  equals(other: SeqSet): boolean {
    return this.toString() === other.toString();
  }

  /** All numbers from 0 up that are not in the set. */
  private complement(): SeqSet {
    const gaps: Run[] = [];
    let next = 0;
    for (const { from, to } of this.runs) {
      if (next < from) gaps.push({ from: next, to: from - 1 });
      next = to + 1;
    }
    if (next !== Infinity) gaps.push({ from: next, to: Infinity });
    return new SeqSet(gaps);
  }
}
