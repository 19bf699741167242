/** What a check has come to. */
export type Outcome = "ok" | "warning" | "failure" | "skipped";

/** What a check has found, and what to do about it. */
export interface Verdict {
  readonly outcome: Outcome;
  /** What was found; for a check that was skipped, why. */
  readonly found: string;
  /** What to do; null where nothing is to be done. */
  readonly advice: string | null;
}

/** A verdict, with the name of its check. A check has one verdict or more. */
export interface Finding extends Verdict {
  readonly check: string;
}

/** All is right. */
export function ok(found: string): Verdict {
  return { outcome: "ok", found, advice: null };
}

/** It works, but not as well or as safely as it could. */
export function warning(found: string, advice: string): Verdict {
  return { outcome: "warning", found, advice };
}

/** It does not work, or will not. */
export function failure(found: string, advice: string): Verdict {
  return { outcome: "failure", found, advice };
}

/** It could not be looked at. */
export function skipped(reason: string): Verdict {
  return { outcome: "skipped", found: reason, advice: null };
}
