/** A position in a conversation's stream of changes. */
export interface Position {
  /** The conversation's version: all changes up to it are before this position. */
  readonly version: number;
  /** The newest message's sequence number then. */
  readonly lastSeq: number;
}

/** A position, and the reading of the database that told it. */
export interface PositionAt extends Position {
  /** The transaction that made the version. */
  readonly xid: number;
  /** When the version was made, in milliseconds since the epoch. */
  readonly changedMs: number;
  /** What the reading saw: a `pg_snapshot` as text. */
  readonly snapshot: string;
}
