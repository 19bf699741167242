import { batchedReader } from "../foundation/batched-reader.js";
import { Batcher } from "../foundation/batcher.js";
import { notFound } from "../foundation/errors.js";
import type { Position } from "../domain/conversations/position.js";
import type { StreamCursor, Witness } from "./cursor.js";
import type { Head } from "./head.js";
import type { ChangedConversation, OrderQueries } from "./order-queries.js";
import { laterOf, partsOf, type Snapshot } from "./snapshot.js";

/** More than any version: a position that no conversation has reached is answered by a reset (R25). */
export const resetPosition: Position = {
  version: Number.MAX_SAFE_INTEGER,
  lastSeq: Number.MAX_SAFE_INTEGER,
};

/** At most so many readings of a user's changed conversations run at a time: others use the same connections. */
const readingsAtOnce = 3;

/** A user's conversations that changed after a cursor. */
export interface ChangedConversations {
  /** What the reading saw. In this snapshot the user's other conversations stand where the cursor left them. */
  readonly snapshot: Snapshot;
  /** In the order of the transactions that changed last what the user sees of them. */
  readonly conversations: readonly ChangedConversation[];
}

type AskedChanges = Parameters<OrderQueries["changedOf"]>[0];
type ChangesAnswer = Awaited<ReturnType<OrderQueries["changedOf"]>>;

/** From cursors to positions. */
export class Resume {
  private readonly queries: OrderQueries;
  private readonly head: Head;
  private readonly snapshots: Batcher<null, Snapshot>;
  private readonly changes: Batcher<AskedChanges, ChangesAnswer>;
  private readonly proofOf: (witness: Witness) => Promise<Witness | null>;

  constructor(queries: OrderQueries, head: Head) {
    this.queries = queries;
    this.head = head;
    this.snapshots = new Batcher({
      keyOf: () => "now",
      run: async () => [await queries.snapshotNow()],
    });
    this.changes = new Batcher({
      concurrency: readingsAtOnce,
      maxBatch: 1,
      run: (asked) => Promise.all(asked.map(queries.changedOf)),
    });
    const keyOf = (one: Witness) =>
      [
        ...[one.version, one.lastSeq, one.xid, one.changedMs],
        one.conversationId,
      ].join("\0");
    this.proofOf = batchedReader({
      read: queries.proofs,
      keyOf,
      keyOfRow: keyOf,
    });
  }

  /** What a statement sees now; those who ask at once share one. */
  snapshotNow(): Promise<Snapshot> {
    return this.snapshots.submit(null);
  }

  /**
   * Where a cursor points to in a conversation; null where it can't be honoured (R25).
   * @throws {AppError} NOT_FOUND where there is no such conversation
   */
  async positionIn(
    conversationId: string,
    cursor: StreamCursor,
  ): Promise<Position | null> {
    if (!(await this.isOfThisTimeline(cursor))) return null;
    const { origin, snapshot } = cursor;
    if (origin?.conversationId === conversationId) return origin;
    const [position] = await this.queries.positionsAt([
      { conversationId, snapshot },
    ]);
    if (!position) throw notFound("conversation");
    return position;
  }

  /**
   * Whether this database gave a cursor out, and has lost nothing of what the cursor saw (R54): the cursor's
   * timeline is the present one, its snapshot sees no transaction that has not begun, and the changes that
   * it names have happened.
   */
  async isOfThisTimeline(cursor: StreamCursor): Promise<boolean> {
    const { timeline, snapshot, origin, witness } = cursor;
    if (timeline !== this.head.timeline) return false;
    const known = this.head.watermark.snapshot;
    const isKnown = partsOf(snapshot).xmax <= partsOf(known).xmax;
    if (!isKnown) {
      const now = await this.snapshotNow();
      if (laterOf(now, snapshot) !== now) return false;
    }
    const named = [origin, witness].filter((one) => one !== null);
    const proofs = await Promise.all(named.map(this.proofOf));
    return proofs.every((proof) => proof !== null);
  }

  /**
   * The user's conversations in which anything has shown to them after a cursor, each with where it stood there.
   * @param withMessages whether a message that was sent is a change
   */
  async changedSince(
    userId: string,
    { snapshot, origin, page }: StreamCursor,
    { limit = Number.MAX_SAFE_INTEGER, withMessages = true } = {},
  ): Promise<ChangedConversations> {
    const changed = await this.changes.submit({
      userId,
      snapshot,
      afterXid: page?.changedXid ?? -1,
      afterId: page?.conversationId ?? "",
      limit,
      withMessages,
    });
    return {
      snapshot: changed.snapshot,
      conversations: changed.conversations.map((row) =>
        origin?.conversationId === row.conversationId
          ? { ...row, position: origin }
          : row,
      ),
    };
  }

  /** The user's most recently active conversation. */
  lastActive(userId: string): Promise<string | null> {
    return this.queries.lastActive(userId);
  }
}
