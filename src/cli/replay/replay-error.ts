/** Why a replay stopped, in words for whoever started it. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  /** The line of the log that could not be applied; null where it was none of them. */
  readonly line: number | null;

  constructor(message: string, line: number | null = null, cause?: unknown) {
    super(line === null ? message : `line ${String(line)}: ${message}`, {
      cause,
    });
    this.line = line;
  }
}

/** The words of anything thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
