/** What a statement needs a connection for. */
export type Lane = "read" | "write";

/** What lends connections. */
export interface Lender<Connection> {
  /** Lets work have a connection for itself; waits for it so long, or before all others of its lane. */
  use<T>(
    lane: Lane,
    work: (connection: Connection) => Promise<T>,
    options: { limitMs: number; isUrgent: boolean },
  ): Promise<T>;
}

/** How many connections of each lane may be in use at once. */
export type Room = Readonly<Record<Lane, number>>;

/**
 * How connections are shared out. Three of ten are for reads alone: writes that all wait, for a standby
 * to confirm a commit or for a lock, leave readers and the health check served. One is for writes alone.
 */
export function roomOf(connections: number): Room {
  if (connections < 2) return { read: 1, write: 1 };
  const forReads = Math.max(1, Math.floor(connections * 0.3));
  return { read: connections - 1, write: connections - forReads };
}

const writes =
  /\b(insert|update|delete|merge|lock|truncate|create|alter|drop|for\s+(no\s+key\s+|key\s+)?share)\b/i;
const known = new Map<string, Lane>();
const maxKnown = 1_000;

/**
 * The lane of a statement, by its text. A read that only looks like a write waits with the writes; no
 * statement of ours writes without one of these words.
 */
export function laneOf(text: string): Lane {
  let lane = known.get(text);
  if (lane === undefined) {
    lane = writes.test(text) ? "write" : "read";
    // Statements are few; those made of lists of values are not kept for long.
    if (known.size >= maxKnown) known.clear();
    known.set(text, lane);
  }
  return lane;
}
