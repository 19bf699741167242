/** The reason why a replay stopped, for the person who started it. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  /** The line of the log that could not be applied; null where no line is the cause. */
  readonly line: number | null;

  constructor(message: string, line: number | null = null, cause?: unknown) {
    super(line === null ? message : `line ${String(line)}: ${message}`, {
      cause,
    });
    this.line = line;
  }
}

/** The message of a thrown value. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
