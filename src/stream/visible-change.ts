import type { PositionAt } from "../domain/conversations/position.js";
import type { Policies } from "../domain/conversations/receipt-policy.js";
import type { Membership } from "../domain/conversations/participant.js";
import type { ReceiptKind } from "../domain/receipts/receipt.js";
import { SeqSet, type Run } from "../foundation/seq-set.js";
import type { Audience } from "../domain/receipts/audience.js";
import { shownKind } from "../domain/receipts/privacy.js";

/** A row of the receipt log. The time is a Postgres timestamp as text. */
export interface LogRow {
  readonly version: number;
  readonly userId: string;
  readonly kind: ReceiptKind | "JOINED" | "LEFT" | "DELETED" | "PRIVATE";
  readonly firstSeq: number;
  /** One less than `firstSeq` where a JOINED, LEFT or PRIVATE concerns no message. */
  readonly lastSeq: number;
  readonly at: string;
  readonly isHidden: boolean;
  readonly isDelivery: boolean;
}

/** What changed in a conversation after a version, up to another. */
export interface ChangeSet {
  readonly conversationId: string;
  readonly fromVersion: number;
  /** Where the stream stands after these changes. */
  readonly position: PositionAt;
  readonly rows: readonly LogRow[];
  /** The messages that were not sent under FULL; null where all were (R42). */
  readonly policies: Policies | null;
  /** False where there is more after `position` than one change should hold. */
  readonly isComplete: boolean;
  /** True where the log can't tell what changed after `fromVersion` (R25). */
  readonly isReset: boolean;
}

/** One recipient's acknowledgement of a run of messages, as one audience sees it. The time is a Postgres timestamp as text. */
export interface SeenReceipt {
  readonly participant: Membership;
  readonly kind: ReceiptKind;
  readonly at: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** A run of messages whose status changed, but for those that `exceptSender` sent. */
export interface AffectedRun extends Run {
  readonly exceptSender: string | null;
}

/** A change as one subscriber or caller sees it. */
export interface SeenChange {
  readonly cursor: string;
  readonly conversationId: string;
  readonly position: PositionAt;
  readonly receipts: readonly SeenReceipt[];
  readonly affected: readonly AffectedRun[];
  /** With `sentByViewer`: the viewer, whose messages alone the change is about (R26); else null. */
  readonly sentBy: string | null;
  readonly reset: boolean;
}

/** What one audience sees of a change. */
export interface VisibleChange {
  readonly receipts: readonly SeenReceipt[];
  readonly affected: readonly AffectedRun[];
}

/**
 * What an audience sees of a change: reads by those who hide them show as deliveries or not at all
 * (R20), nothing shows of messages that were not for the viewer (R3), and flags show to whoever set them (R33). Of
 * others' receipts on messages under COUNTS it shows that the messages changed, and on messages under OFF nothing (R42).
 */
export function visibleChange(
  set: ChangeSet,
  audience: Audience,
): VisibleChange {
  const receipts: SeenReceipt[] = [];
  const touched: (Run & { userId: string | null })[] = [];
  const told = toldUnder(set.policies);
  for (const row of set.rows) {
    const run = { from: row.firstSeq, to: row.lastSeq };
    const runs = clip(run, audience.visible);
    const isSelf = row.userId === audience.self;
    switch (row.kind) {
      case "DELETED":
        touched.push(...runs.map((run) => ({ ...run, userId: null })));
        break;
      case "JOINED":
      case "LEFT":
        for (const { from, to } of isSelf ? runs : within(runs, told.ofMoves))
          touched.push({ from, to, userId: row.userId });
        break;
      case "PRIVATE":
        if (!isSelf) break;
        touched.push(...runs.map((run) => ({ ...run, userId: row.userId })));
        break;
      case "DELIVERED":
      case "READ": {
        const receipt = { ...row, kind: row.kind };
        const seesReads = audience.seesReads === true;
        const kind = shownKind(receipt, { isSelf, seesReads });
        if (!kind) break;
        for (const { from, to } of isSelf ? runs : within(runs, told.asChanged))
          touched.push({ from, to, userId: row.userId });
        for (const { from, to } of isSelf ? runs : within(runs, told.inFull))
          receipts.push({
            participant: {
              conversationId: set.conversationId,
              userId: row.userId,
            },
            kind,
            at: row.at,
            fromSeq: from,
            toSeq: to,
          });
      }
    }
  }
  return { receipts: joinAdjacent(receipts), affected: affectedRuns(touched) };
}

/** The span of the messages that a change is about, for every viewer; null where it is about none. */
export function spanOf(set: ChangeSet): Run | null {
  const rows = set.rows.filter((row) => row.lastSeq >= row.firstSeq);
  if (rows.length === 0) return null;
  return rows.reduce(
    (run, row) => ({
      from: Math.min(run.from, row.firstSeq),
      to: Math.max(run.to, row.lastSeq),
    }),
    { from: Infinity, to: 0 },
  );
}

/** The users whom something in a change concerns alone (R33). */
export function usersAlone({ rows }: ChangeSet): ReadonlySet<string> {
  return new Set(
    rows.flatMap(({ kind, userId }) => (kind === "PRIVATE" ? [userId] : [])),
  );
}

/** The messages that others are told of, by what they are told; null for all messages. */
interface Told {
  /** Who has received or read them, and when. */
  readonly inFull: SeqSet | null;
  /** That somebody has. */
  readonly asChanged: SeqSet | null;
  /** That somebody has come or left: where a message falls below the fewest that are counted, that is told (R43). */
  readonly ofMoves: SeqSet | null;
}

function toldUnder(policies: Policies | null): Told {
  if (!policies) return { inFull: null, asChanged: null, ofMoves: null };
  const ofMoves = SeqSet.span(1, Infinity).subtract(policies.underOff);
  const inFull = ofMoves.subtract(policies.underCounts);
  return { inFull, asChanged: inFull.union(policies.counted), ofMoves };
}

function within(runs: readonly Run[], told: SeqSet | null): readonly Run[] {
  return told ? SeqSet.of(runs).intersect(told).runs : runs;
}

function clip(run: Run, visible: SeqSet | null): readonly Run[] {
  if (run.to < run.from) return [];
  return visible
    ? SeqSet.span(run.from, run.to).intersect(visible).runs
    : [run];
}

/** Joins receipts of one user and kind whose runs touch and whose times are the same. */
function joinAdjacent(receipts: readonly SeenReceipt[]): SeenReceipt[] {
  const sorted = receipts.toSorted(
    (a, b) =>
      compare(a.participant.userId, b.participant.userId) ||
      compare(a.kind, b.kind) ||
      a.fromSeq - b.fromSeq,
  );
  const joined: SeenReceipt[] = [];
  for (const receipt of sorted) {
    const last = joined.at(-1);
    const touches =
      last?.participant.userId === receipt.participant.userId &&
      last.kind === receipt.kind &&
      last.at === receipt.at &&
      last.toSeq + 1 >= receipt.fromSeq;
    if (touches)
      joined[joined.length - 1] = {
        ...last,
        toSeq: Math.max(last.toSeq, receipt.toSeq),
      };
    else joined.push(receipt);
  }
  return joined;
}

/**
 * The messages touched, as disjoint runs in order. Where one user alone touched a run, their own
 * messages in it did not change: nobody is a recipient of their own. Where two did, all changed.
 */
function affectedRuns(
  touched: readonly (Run & { userId: string | null })[],
): AffectedRun[] {
  const edges = touched
    .flatMap(({ from, to, userId }) => [
      { at: from, userId, step: 1 },
      { at: to + 1, userId, step: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  const active = new Map<string | null, number>();
  const affected: AffectedRun[] = [];
  edges.forEach(({ at, userId, step }, i) => {
    const count = (active.get(userId) ?? 0) + step;
    if (count === 0) active.delete(userId);
    else active.set(userId, count);
    const next = edges[i + 1]?.at ?? at;
    if (active.size === 0 || next === at) return;
    const [only = null] = active.size === 1 ? active.keys() : [];
    const last = affected.at(-1);
    if (last?.to === at - 1 && last.exceptSender === only)
      affected[affected.length - 1] = { ...last, to: next - 1 };
    else affected.push({ from: at, to: next - 1, exceptSender: only });
  });
  return affected;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
