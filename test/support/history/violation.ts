/** Where a history breaks a rule. */
export interface Violation {
  /** The rule of docs/RULES.md, e.g. `R16`. */
  readonly rule: string;
  /** `lost`: it was acknowledged and is not there; `doubled`: it is there twice. */
  readonly kind: "lost" | "doubled" | "wrong";
  readonly text: string;
}

/** Collects violations of one kind of thing. */
export class Violations {
  readonly found: Violation[] = [];

  lost(rule: string, text: string): void {
    this.found.push({ rule, kind: "lost", text });
  }

  doubled(rule: string, text: string): void {
    this.found.push({ rule, kind: "doubled", text });
  }

  wrong(rule: string, text: string): void {
    this.found.push({ rule, kind: "wrong", text });
  }
}
