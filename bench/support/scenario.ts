/** The size of a run: a full measurement, or the shortest run that still exercises everything. */
export type Size = "full" | "short";

/** The means that a scenario gets. */
export interface BenchContext {
  readonly size: Size;
  /** A Postgres to make databases on; one for the whole run, the same for all contenders. */
  readonly postgresUrl: string;
  /** A migrated database of its own for this scenario. */
  readonly openDatabase: (
    name: string,
  ) => Promise<{ url: string; close: () => Promise<void> }>;
  /** Prints a line of progress on stderr. */
  readonly progress: (text: string) => void;
}

/** The goal of a figure's ratio. */
export interface Goal {
  readonly kind: "at least" | "at most";
  readonly value: number;
}

/** One row of the table. */
export interface Figure {
  /** The name of the figure, with its size. */
  readonly figure: string;
  /** E.g. `23,400 marks/s (±6 %), 38 µs CPU each`. */
  readonly value: string;
  /** The floor or peer, or empty. */
  readonly against: string;
  /** Its value, or empty. */
  readonly peerValue: string;
  /** As the goal counts it. */
  readonly ratio: number | null;
  /** Null where the figure is only printed. */
  readonly goal: Goal | null;
}

/** A measurement, run alone or with others. */
export interface Scenario {
  /** For `--only`. */
  readonly name: string;
  /** @throws where a final state is wrong: a fast wrong answer is no answer */
  run(context: BenchContext): Promise<readonly Figure[]>;
}
