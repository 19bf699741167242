import { kindOfError } from "./serialize-error.js";

/** Writes a line, with more details. */
type Write = (extra: { readonly withheld?: number }) => void;

interface Repeated {
  withheld: number;
  /** Writes the newest of those withheld. */
  write: Write;
}

/** A kind is written at most once in this time. */
const quietMs = 1_000;

/** At most so many kinds are told apart. Lines beyond them are of one kind. */
const maxKinds = 1_000;

/**
 * Withholds repetitions. The first line of a kind is written at once. Those that follow within a second
 * are counted, and the newest of them is written when the second is over, with `withheld`: the number of
 * lines before it that were not written.
 */
export class Repetitions {
  private readonly kinds = new Map<string, Repeated>();

  /**
   * @param message the text of the line; lines of one place in the code have the same text
   * @param error the error that the line is about, if any
   */
  write(message: string, error: unknown, write: Write): void {
    const kind = this.kindOf(message, error);
    const repeated = this.kinds.get(kind);
    if (repeated) {
      repeated.withheld++;
      repeated.write = write;
      return;
    }
    write({});
    this.kinds.set(kind, { withheld: 0, write });
    this.watch(kind);
  }

  private kindOf(message: string, error: unknown): string {
    const kind =
      error === undefined ? message : `${message} ${kindOfError(error)}`;
    return this.kinds.size < maxKinds || this.kinds.has(kind) ? kind : "";
  }

  private watch(kind: string): void {
    setTimeout(() => {
      const repeated = this.kinds.get(kind);
      if (!repeated || repeated.withheld === 0) {
        this.kinds.delete(kind);
        return;
      }
      const withheld = repeated.withheld - 1;
      repeated.write(withheld > 0 ? { withheld } : {});
      repeated.withheld = 0;
      this.watch(kind);
    }, quietMs).unref();
  }
}
