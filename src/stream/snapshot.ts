/**
 * What a statement saw: Postgres's `pg_snapshot` as text, `xmin:xmax:xip,…`. Every transaction below
 * `xmin` had ended, none from `xmax` on had begun, and those of `xip` were open between them.
 * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 *
 * Snapshots of one database are in order: what an earlier one sees, a later one sees as well. They are an
 * order that no clock disturbs, and they tell exactly which transactions were still open.
 */
export type Snapshot = string;

/** A snapshot, taken apart for a statement. */
export interface SnapshotParts {
  readonly xmin: number;
  readonly xmax: number;
  readonly xip: readonly number[];
}

const form = /^\d{1,16}:\d{1,16}:(\d{1,16}(,\d{1,16})*)?$/;

/** Whether a text is a snapshot as Postgres writes it. */
export function isSnapshot(text: string): text is Snapshot {
  return form.test(text);
}

/** The parts of a snapshot. */
export function partsOf(snapshot: Snapshot): SnapshotParts {
  const [xmin = "", xmax = "", xip = ""] = snapshot.split(":");
  return {
    xmin: Number(xmin),
    xmax: Number(xmax),
    xip: xip === "" ? [] : xip.split(",").map(Number),
  };
}

/** The later of two snapshots of one database. */
export function laterOf(one: Snapshot, other: Snapshot): Snapshot {
  if (one === other) return one;
  const a = partsOf(one);
  const b = partsOf(other);
  const isLater =
    a.xmax - b.xmax || a.xmin - b.xmin || b.xip.length - a.xip.length;
  return isLater >= 0 ? one : other;
}

/** Whether a snapshot sees what a transaction did, if the transaction was committed. */
export function sees(snapshot: Snapshot, xid: number): boolean {
  const { xmin, xmax, xip } = partsOf(snapshot);
  return xid < xmin || (xid < xmax && !xip.includes(xid));
}
