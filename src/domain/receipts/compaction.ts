/*
 * Which rows of the receipt log become one. All of it is about one participant and one kind of receipt; rows are known
 * by their first message, which no two of them share.
 *
 * A row whose run spans gaps stays together with the rows that lie in it: they become one, or stay as they are. Rows
 * that follow each other become one where nothing that could ever be marked lies between them, so that no row that is
 * written later lies partly in it. Of the rows that become one, the newest stays, with its version and time, and is
 * drawn out over the run of all.
 */

/** A participant, by the conversation's key and their number there. */
export interface ParticipantPlace {
  readonly conversationKey: string;
  readonly number: number;
}

/** A row of the log. */
export interface LoggedRun {
  readonly version: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly isHidden: boolean;
  readonly isDelivery: boolean;
  readonly hasGaps: boolean;
  /** Whether it is old enough. */
  readonly isOld: boolean;
  /**
   * Of the messages between this row and all rows before it: `none` where there are none, `marked` where all are the
   * participant's own and marked, `unseen` where some were not for them besides, `open` where others are among them.
   */
  readonly between: "none" | "marked" | "unseen" | "open";
}

/** Rows that become one. */
export interface Merge {
  /** The first message of the row that stays. */
  readonly kept: number;
  /** What it tells of from now on. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly hasGaps: boolean;
  /** The first messages of the rows that go. */
  readonly dropped: readonly number[];
}

/** Rows within the run of the first of them, or rows that were found to become one with them. */
interface Group {
  readonly rows: LoggedRun[];
  lastSeq: number;
  isMergeable: boolean;
}

/**
 * The rows that become one.
 * @param rows in order of their first messages
 * @param reached the last message of all rows before the first of these
 */
export function mergesOf(
  rows: readonly LoggedRun[],
  reached: number,
): readonly Merge[] {
  const joined: Group[] = [];
  for (const group of groupsOf(rows, reached)) {
    const last = joined.at(-1);
    if (last && areOne(last, group)) {
      last.rows.push(...group.rows);
      last.lastSeq = group.lastSeq;
    } else joined.push(group);
  }
  return joined
    .filter((group) => group.isMergeable && group.rows.length > 1)
    .map(mergeOf);
}

/** Rows apart from one another, each with those that lie in its run. */
function groupsOf(rows: readonly LoggedRun[], reached: number): Group[] {
  const groups: Group[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last && row.firstSeq <= last.lastSeq) {
      last.rows.push(row);
      last.lastSeq = Math.max(last.lastSeq, row.lastSeq);
      last.isMergeable &&= row.isOld && areAlike(last.rows[0] ?? row, row);
    } else
      groups.push({
        rows: [row],
        lastSeq: row.lastSeq,
        isMergeable: row.isOld && row.firstSeq > reached,
      });
  }
  return groups;
}

function areOne(before: Group, after: Group): boolean {
  const [first] = before.rows;
  const [next] = after.rows;
  if (!first || !next || !before.isMergeable || !after.isMergeable)
    return false;
  return next.between !== "open" && areAlike(first, next);
}

/** A row tells one thing of all of its messages. */
function areAlike(one: LoggedRun, other: LoggedRun): boolean {
  return one.isHidden === other.isHidden && one.isDelivery === other.isDelivery;
}

function mergeOf({ rows, lastSeq }: Group): Merge {
  const newest = rows.reduce((a, b) => (b.version > a.version ? b : a));
  return {
    kept: newest.firstSeq,
    firstSeq: rows[0]?.firstSeq ?? newest.firstSeq,
    lastSeq,
    hasGaps: rows.some(
      ({ hasGaps, between }, i) => hasGaps || (i > 0 && between === "unseen"),
    ),
    dropped: rows
      .filter((row) => row !== newest)
      .map(({ firstSeq }) => firstSeq),
  };
}
