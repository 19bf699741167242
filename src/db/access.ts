/** What a statement does with a connection: a statement that takes locks counts as a write. */
export type Access = "read" | "write";

/** What lends connections. */
export interface Lender<Connection> {
  /** Lets work have a connection for itself. An urgent one is served before all others with the same access. */
  use<T>(
    access: Access,
    work: (connection: Connection) => Promise<T>,
    options: { limitMs: number; isUrgent: boolean },
  ): Promise<T>;
}

/** A number of connections for each kind of access. */
export type PerAccess = Readonly<Record<Access, number>>;

/**
 * How connections are shared out. Three of ten are for reads alone: writes that all wait, for a standby
 * to confirm a commit or for a lock, leave readers and the health check served. One is for writes alone.
 */
export function sharesOf(connections: number): PerAccess {
  if (connections < 2) return { read: 1, write: 1 };
  const forReads = Math.max(1, Math.floor(connections * 0.3));
  return { read: connections - 1, write: connections - forReads };
}

const writes =
  /\b(insert|update|delete|merge|lock|truncate|create|alter|drop|for\s+(no\s+key\s+|key\s+)?share)\b/i;
const known = new Map<string, Access>();
const maxKnown = 1_000;

/**
 * The access of a statement, by its text. A read that only looks like a write waits with the writes; no
 * statement of ours writes without one of these words.
 */
export function accessOf(text: string): Access {
  let access = known.get(text);
  if (access === undefined) {
    access = writes.test(text) ? "write" : "read";
    // Statements are few; those made of lists of values are not kept for long.
    if (known.size >= maxKnown) known.clear();
    known.set(text, access);
  }
  return access;
}
