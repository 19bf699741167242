import type { Position } from "../domain/conversations/position.js";
import type {
  StreamCursor,
  StreamCursors,
  Witness,
} from "./cursor.js";
import type { Snapshot } from "./snapshot.js";
import type { Watermark } from "./watermark.js";

/** A position in a conversation, and the reading that told it. */
export interface ReadPosition extends Position {
  /** The transaction that made the version. */
  readonly xid: number;
  /** What the reading saw. */
  readonly snapshot: Snapshot;
}

/**
 * Where this node's stream stands: the timeline of its database, and the watermark up to which every
 * change was sent. Cursors are made from it.
 */
export class Head {
  private readonly cursors: StreamCursors;
  private current: { readonly timeline: number; readonly watermark: Watermark };

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

  /** A sweep has ended: all that this watermark sees was sent. */
  advance(watermark: Watermark): void {
    this.current = { ...this.current, watermark };
  }

  /** The database begins a new timeline (R54). */
  begin(timeline: number, snapshot: Snapshot): void {
    this.current = { timeline, watermark: { snapshot, witness: null } };
  }

  /** The cursor of a reading of one conversation. */
  cursorOf(
    conversationId: string,
    { version, lastSeq, xid, snapshot }: ReadPosition,
  ): string {
    return this.encode({
      snapshot,
      place: { conversationId, version, lastSeq, xid },
      witness: this.watermark.witness,
    });
  }

  /** The cursor of a subscription to all conversations, at an event in one of them. */
  cursorAt({ snapshot, witness }: Watermark, place: Witness | null): string {
    return this.encode({ snapshot, place, witness });
  }

  /** The opaque text of a position in this timeline. */
  encode(position: Omit<StreamCursor, "timeline">): string {
    return this.cursors.encode({ timeline: this.timeline, ...position });
  }

  /** @throws {AppError} BAD_USER_INPUT where this service did not make the text */
  decode(text: string): StreamCursor {
    return this.cursors.decode(text);
  }
}
