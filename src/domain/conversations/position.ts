/** A position in a conversation's stream of changes. */
export interface Position {
  /** The conversation's version: all changes up to it are before this position. */
  readonly version: number;
  /** The newest message's sequence number then. */
  readonly lastSeq: number;
}

/** A position, and when the database was read for it. */
export interface PositionAt extends Position {
  /** In milliseconds since the epoch by the database's clock, with fractions. */
  readonly atMs: number;
}
