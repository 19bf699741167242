import { notFound } from "../foundation/errors.js";
import type { Position } from "../domain/conversations/position.js";
import type { StreamCursor } from "./cursor.js";
import type { CommitHorizon } from "./commit-horizon.js";
import type { PositionQueries } from "./position-queries.js";

/** A cursor further ahead of the database's clock than this was not given out by this server. */
const clockToleranceMs = 60_000;

/** More than any version: a position that no conversation has reached is answered by a reset (R25). */
export const resetPosition: Position = {
  version: Number.MAX_SAFE_INTEGER,
  lastSeq: Number.MAX_SAFE_INTEGER,
};

/** From cursors to positions. */
export interface Resume {
  /**
   * Where a cursor points to in a conversation; null where it can't be honoured (R25).
   * @throws {AppError} NOT_FOUND where there is no such conversation
   */
  positionIn(
    conversationId: string,
    cursor: StreamCursor,
  ): Promise<Position | null>;
  /**
   * Where a cursor points to in each of a user's conversations that has changed since. In every other
   * conversation it points to now. Null where the cursor can't be honoured.
   */
  positionsOf(
    userId: string,
    cursor: StreamCursor,
    nowMs: number,
  ): Promise<Map<string, Position> | null>;
  /** Whether a cursor over all conversations was not given out by this database (R25). */
  isBeyond(cursor: StreamCursor, nowMs: number): Promise<boolean>;
}

/** Reads positions from the database. */
export function createResume(
  queries: PositionQueries,
  horizon: CommitHorizon,
): Resume {
  const isAhead = ({ atMs }: StreamCursor, nowMs: number) =>
    atMs > nowMs + clockToleranceMs;

  return {
    async positionIn(conversationId, cursor) {
      if (cursor.place?.conversationId === conversationId) return cursor.place;
      const { nowMs } = await horizon.read();
      if (isAhead(cursor, nowMs)) return null;
      const { atMs } = cursor;
      const [position] = await queries.positionAtTime({ conversationId, atMs });
      if (!position) throw notFound("conversation");
      return position;
    },

    async positionsOf(userId, cursor, nowMs) {
      if (isAhead(cursor, nowMs)) return null;
      const changed = await queries.changedSince({
        userId,
        atMs: cursor.atMs,
        afterMs: 0,
        afterId: "",
        limit: Number.MAX_SAFE_INTEGER,
      });
      const positions = new Map<string, Position>(
        changed.map(({ conversationId, version, lastSeq }) => [
          conversationId,
          { version, lastSeq },
        ]),
      );
      const { place } = cursor;
      return place ? positions.set(place.conversationId, place) : positions;
    },

    async isBeyond(cursor, nowMs) {
      const { place, page } = cursor;
      if (isAhead(cursor, nowMs)) return true;
      if (!place || page) return false;
      const [now] = await queries.versions({ ids: [place.conversationId] });
      return now !== undefined && place.version > now.version;
    },
  };
}
