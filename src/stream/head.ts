import type { PositionAt } from "../domain/conversations/position.js";
import type { StreamCursor, StreamCursors, Witness } from "./cursor.js";
import { partsOf, sees, type Snapshot } from "./snapshot.js";
import type { Watermark } from "./watermark.js";

/**
 * Where this node's stream stands: the timeline of its database, and the watermark up to which every
 * change was sent. Cursors are made from it.
 */
export class Head {
  private readonly cursors: StreamCursors;
  private current: { readonly timeline: number; readonly watermark: Watermark };

  /** The newest change that was read. */
  private newest: Witness | null = null;
  /** All transactions below `xmin` had ended at `atMs`; all below `before`, at least a second earlier. */
  private ended = { atMs: 0, xmin: 0, before: 0 };

  constructor(cursors: StreamCursors, timeline: number, snapshot: Snapshot) {
    this.cursors = cursors;
    this.current = { timeline, watermark: { snapshot, witness: null } };
  }

  get timeline(): number {
    return this.current.timeline;
  }

  get watermark(): Watermark {
    return this.current.watermark;
  }

  /** The newest change that this node knows to have happened. */
  get knownChange(): Witness | null {
    return this.newest ?? this.watermark.witness;
  }

  /** All transactions below this number had ended at least a second ago: no change of theirs is still to come. */
  get endedBefore(): number {
    return this.ended.before;
  }

  /** A reading found a conversation at a position. */
  learn(change: Witness, snapshot: Snapshot): void {
    if (change.xid > (this.newest?.xid ?? 0)) {
      const { conversationId, version, lastSeq, xid, changedMs } = change;
      this.newest = { conversationId, version, lastSeq, xid, changedMs };
    }
    const nowMs = performance.now();
    if (nowMs - this.ended.atMs < 1_000) return;
    const { xmin } = partsOf(snapshot);
    this.ended = { atMs: nowMs, xmin, before: this.ended.xmin };
  }

  /** A sweep has ended: all that this watermark sees was sent. */
  advance(watermark: Watermark): void {
    this.current = { ...this.current, watermark };
  }

  /** The database begins a new timeline (R54). */
  begin(timeline: number, snapshot: Snapshot): void {
    this.newest = null;
    this.ended = { atMs: 0, xmin: 0, before: 0 };
    this.current = { timeline, watermark: { snapshot, witness: null } };
  }

  /** The cursor of a reading of one conversation. */
  cursorOf(
    conversationId: string,
    { version, lastSeq, xid, changedMs, snapshot }: PositionAt,
  ): string {
    const origin = { conversationId, version, lastSeq, xid, changedMs };
    this.learn(origin, snapshot);
    return this.encode({ snapshot, origin, witness: this.witnessOf(snapshot) });
  }

  /**
   * The cursor of a subscription to all conversations, at an event in one of them.
   * @param origin where the event's conversation stands after the event; null without an event
   */
  cursorAt({ snapshot, witness }: Watermark, origin: Witness | null): string {
    return this.encode({ snapshot, origin, witness });
  }

  /** The opaque text of a position in this timeline. */
  encode(position: Omit<StreamCursor, "timeline">): string {
    return this.cursors.encode({ timeline: this.timeline, ...position });
  }

  /**
   * @param path the argument that it was given as; `after` unless said
   * @throws {AppError} BAD_USER_INPUT where this service did not make the text
   */
  decode(text: string, path?: readonly string[]): StreamCursor {
    return this.cursors.decode(text, path);
  }

  /** The newest known change that a snapshot sees. */
  private witnessOf(snapshot: Snapshot): Witness | null {
    const { knownChange, watermark } = this;
    return knownChange && sees(snapshot, knownChange.xid)
      ? knownChange
      : watermark.witness;
  }
}
