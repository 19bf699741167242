import type { Viewer } from "../auth/viewer.js";
import { Batcher } from "../foundation/batcher.js";
import type { Position } from "../domain/conversations/position.js";
import { notFound } from "../foundation/errors.js";
import { decodeCursor, encodeCursor, type StreamCursor } from "./cursor.js";
import type { Horizon } from "./commit-horizon.js";
import type { MessageRow } from "../domain/messages/message.js";
import type { MessageRef } from "../domain/messages/message-id.js";
import type { Run, SeqSet } from "../foundation/seq-set.js";
import type { Audience } from "../domain/receipts/audience.js";
import {
  visibleChange,
  type SeenChange,
  type ChangeSet,
  type SeenReceipt,
} from "./visible-change.js";
import type {
  ChangeQueries,
  LogTail,
  PlaceAtTime,
  UnknownTail,
} from "./log-queries.js";

/** About how many log rows one change merges; what is more comes as a further change. */
const rowsPerChange = 5_000;

/** A cursor further ahead of the database's clock than this is not one that this server gave out. */
const clockToleranceMs = 60_000;

/** A page of `statusChanges`. */
export interface ChangePage {
  readonly nodes: readonly SeenChange[];
  readonly endCursor: string;
  readonly hasNextPage: boolean;
}

/** How changes look to a viewer: who they are, what they may see, whose messages they ask for. */
export interface ChangeView {
  readonly audience: Audience;
  /** With `sentByViewer`: the viewer; else null. */
  readonly sentBy: string | null;
}

export type ChangeService = ReturnType<typeof createChangeService>;

/**
 * The one way to get changes: for a live event, for a resume with `after`, for `statusChanges`, for
 * a slow subscriber that catches up, and for the check that finds what a lost notice left behind.
 */
export function createChangeService({
  queries,
  horizon,
  seesReads,
  mayView,
  messageAt,
}: {
  queries: ChangeQueries;
  horizon: Horizon;
  /** Whether a user sees others' reads (R20). */
  seesReads: (userId: string) => Promise<boolean>;
  mayView: (viewer: Viewer, conversationId: string) => Promise<SeqSet | null>;
  /** Reads a message; those that are asked for at once are read together. */
  messageAt: (place: MessageRef) => Promise<MessageRow>;
}) {
  const tails = new Batcher<
    { conversationId: string; version: number },
    LogTail | UnknownTail
  >({
    keyOf: ({ conversationId, version }) => `${version}:${conversationId}`,
    concurrency: 4,
    maxBatch: 100,
    run: (keys) => queries.tails(keys, rowsPerChange),
  });

  /**
   * What changed in a conversation after a place, merged.
   * @throws {AppError} NOT_FOUND where there is no such conversation
   */
  async function since(
    conversationId: string,
    from: Position,
  ): Promise<ChangeSet> {
    const tail = await tails.submit({ conversationId, version: from.version });
    if (tail.version === null) throw notFound("conversation");
    const { version, lastSeq, atMs, rows } = tail;
    const lastRow = rows.at(-1);
    const isComplete = rows.length < rowsPerChange || !lastRow;
    return {
      conversationId,
      fromVersion: from.version,
      rows,
      isComplete,
      isReset: from.version > version,
      position: isComplete
        ? { version, lastSeq, atMs }
        : { version: lastRow.version, lastSeq: from.lastSeq, atMs },
    };
  }

  /** What changed after a place, however much it is. */
  async function allSince(
    conversationId: string,
    from: Position,
  ): Promise<ChangeSet> {
    let set = await since(conversationId, from);
    while (!set.isComplete) {
      const more = await since(conversationId, set.position);
      set = {
        ...more,
        fromVersion: from.version,
        rows: [...set.rows, ...more.rows],
      };
    }
    return set;
  }

  /**
   * A change as a viewer sees it; null where there is nothing for them in it.
   * @param cursor where a subscriber goes on after it
   */
  async function toModel(
    set: ChangeSet,
    { audience, sentBy }: ChangeView,
    cursor: string,
  ): Promise<SeenChange | null> {
    const { conversationId, position } = set;
    const base = { cursor, conversationId, position, sentBy };
    if (set.isReset)
      return { ...base, receipts: [], affected: [], reset: true };
    const visible = visibleChange(set, audience);
    const affected = visible.affected.filter(
      (run) => sentBy === null || run.exceptSender !== sentBy,
    );
    if (affected.length === 0) return null;
    const receipts =
      sentBy === null
        ? visible.receipts
        : await receiptsOn(conversationId, visible.receipts, sentBy);
    const model = { ...base, receipts, affected, reset: false };
    return receipts.length > 0 || (await messageCount(model)) > 0
      ? model
      : null;
  }

  /** Of these receipts, what they say of one sender's messages (R26). */
  async function receiptsOn(
    conversationId: string,
    receipts: readonly SeenReceipt[],
    sender: string,
  ): Promise<SeenReceipt[]> {
    const others = receipts.filter(
      ({ participant }) => participant.userId !== sender,
    );
    if (others.length === 0) return [];
    const bounds = await queries.ownBounds(
      conversationId,
      others.map(({ fromSeq, toSeq }) => ({ from: fromSeq, to: toSeq })),
      sender,
    );
    return others.flatMap((receipt, i) => {
      const { from, to } = bounds[i] ?? {};
      return typeof from === "number" && typeof to === "number"
        ? { ...receipt, fromSeq: from, toSeq: to }
        : [];
    });
  }

  /** How many messages changed for someone: by index probes, whatever the number. */
  async function messageCount({
    conversationId,
    affected,
    sentBy,
  }: SeenChange): Promise<number> {
    const sum = (rows: readonly { count: number }[]) =>
      rows.reduce((n, { count }) => n + count, 0);
    if (sentBy !== null)
      return sum(
        await queries.ownCounts(
          conversationId,
          affected,
          affected.map(() => sentBy),
        ),
      );
    const all = affected.reduce((n, { from, to }) => n + to - from + 1, 0);
    const lessOwn = affected.filter((run) => run.exceptSender !== null);
    if (lessOwn.length === 0) return all;
    return (
      all -
      sum(
        await queries.ownCounts(
          conversationId,
          lessOwn,
          lessOwn.map((run) => run.exceptSender ?? ""),
        ),
      )
    );
  }

  /** Where a cursor points to in a conversation. */
  async function resolve(
    conversationId: string,
    cursor: StreamCursor,
  ): Promise<Position | null> {
    if (cursor.place?.conversationId === conversationId) return cursor.place;
    const { nowMs } = await horizon.read();
    if (cursor.atMs > nowMs + clockToleranceMs) return null;
    const [place] = await queries.placeAtTime({
      conversationId,
      atMs: cursor.atMs,
    });
    if (!place) throw notFound("conversation");
    return place;
  }

  /**
   * Where a cursor points to in those of a user's conversations that have changed since; null where
   * it can't be honoured. In all others it points to now.
   */
  async function resolveAll(
    userId: string,
    cursor: StreamCursor,
    nowMs: number,
  ): Promise<Map<string, Position> | null> {
    if (cursor.atMs > nowMs + clockToleranceMs) return null;
    const limit = Number.MAX_SAFE_INTEGER;
    const changed = await queries.changedSince({
      userId,
      atMs: cursor.atMs,
      afterMs: 0,
      afterId: "",
      limit,
    });
    const places = new Map<string, Position>(
      changed.map(({ conversationId, version, lastSeq }) => [
        conversationId,
        { version, lastSeq },
      ]),
    );
    const { place } = cursor;
    return place ? places.set(place.conversationId, place) : places;
  }

  async function viewOf(viewer: Viewer, visible: SeqSet): Promise<ChangeView> {
    return {
      audience: {
        self: viewer.isService ? null : viewer.userId,
        seesReads: viewer.isService || (await seesReads(viewer.userId)),
        visible,
      },
      sentBy: null,
    };
  }

  async function pageOfOne(
    viewer: Viewer,
    conversationId: string,
    cursor: StreamCursor,
    first: number,
  ): Promise<ChangePage> {
    const visible = await mayView(viewer, conversationId);
    if (!visible) throw notFound("conversation");
    const view = await viewOf(viewer, visible);
    const place = await resolve(conversationId, cursor);
    const nodes: SeenChange[] = [];
    let at = place ?? { version: Number.MAX_SAFE_INTEGER, lastSeq: 0 };
    for (;;) {
      const set = await since(conversationId, at);
      if (first === 0)
        return {
          nodes,
          endCursor: encodeCursor(cursor),
          hasNextPage: set.isReset || set.rows.length > 0,
        };
      const endCursor = encodeCursor({
        atMs: horizon.settledAt(set.position.atMs),
        place: placeOf(set),
      });
      const model = await toModel(set, view, endCursor);
      if (model) nodes.push(model);
      if (set.isComplete || nodes.length >= first)
        return { nodes, endCursor, hasNextPage: !set.isComplete };
      at = set.position;
    }
  }

  /** Whether a cursor's own conversation never stood where the cursor says (R25). */
  async function isBeyond({ place, page }: StreamCursor): Promise<boolean> {
    if (!place || page) return false;
    const [now] = await queries.versions({ ids: [place.conversationId] });
    return now !== undefined && place.version > now.version;
  }

  async function pageOfAll(
    viewer: Viewer,
    cursor: StreamCursor,
    first: number,
  ): Promise<ChangePage> {
    const startedMs =
      cursor.page?.startedMs ?? (await horizon.read()).settledMs;
    const isAhead = cursor.atMs > startedMs + clockToleranceMs;
    if (isAhead || (await isBeyond(cursor)))
      return resetOfAll(viewer, startedMs);
    const changed = await queries.changedSince({
      userId: viewer.userId,
      atMs: cursor.atMs,
      afterMs: cursor.page?.changedAtMs ?? 0,
      afterId: cursor.page?.conversationId ?? "",
      limit: first + 1,
    });
    const shown = changed.slice(0, first);
    const hasNextPage = changed.length > first;
    const pageCursor = ({ changedAtMs, conversationId }: PlaceAtTime) =>
      encodeCursor({
        atMs: cursor.atMs,
        place: cursor.place,
        page: { changedAtMs, conversationId, startedMs },
      });
    const models = await Promise.all(
      shown.map(async (place) => {
        const visible = await mayView(viewer, place.conversationId);
        if (!visible) return null;
        const set = await allSince(
          place.conversationId,
          exactPlace(cursor, place),
        );
        return toModel(set, await viewOf(viewer, visible), pageCursor(place));
      }),
    );
    const last = shown.at(-1);
    return {
      nodes: models.filter((model) => model !== null),
      endCursor: !hasNextPage
        ? encodeCursor({ atMs: startedMs, place: null })
        : last
          ? pageCursor(last)
          : encodeCursor(cursor),
      hasNextPage,
    };
  }

  /** R25: says that all must be read anew, by the conversation that changed last. */
  async function resetOfAll(
    viewer: Viewer,
    nowMs: number,
  ): Promise<ChangePage> {
    const changed = await queries.changedSince({
      userId: viewer.userId,
      atMs: 0,
      afterMs: 0,
      afterId: "",
      limit: 10_000,
    });
    const last = changed.at(-1);
    const endCursor = encodeCursor({ atMs: nowMs, place: null });
    if (!last) return { nodes: [], endCursor, hasNextPage: false };
    const set = await since(last.conversationId, {
      version: Number.MAX_SAFE_INTEGER,
      lastSeq: 0,
    });
    const view = {
      audience: { self: null, seesReads: false, visible: null },
      sentBy: null,
    };
    const model = await toModel(set, view, endCursor);
    return { nodes: model ? [model] : [], endCursor, hasNextPage: false };
  }

  return {
    since,
    resolve,
    resolveAll,
    toModel,
    messageCount,

    /** The newest of the messages that changed, newest first. */
    async messages(
      { conversationId, affected, sentBy }: SeenChange,
      last: number,
    ): Promise<readonly MessageRow[]> {
      const seqs = newestSeqs(affected, last + 1);
      // Of more than that some may have to be left out, for who sent them.
      if (seqs.length > last)
        return queries.newest(conversationId, affected, sentBy, last);
      const rows = await Promise.all(
        seqs.map((seq) => messageAt({ conversationId, seq })),
      );
      return rows.filter(
        ({ seq, senderId }) =>
          (sentBy === null || senderId === sentBy) &&
          affected.some(
            ({ from, to, exceptSender }) =>
              from <= seq && seq <= to && senderId !== exceptSender,
          ),
      );
    },

    /** What changed after a cursor, in one conversation or in all of the viewer's. */
    page(
      viewer: Viewer,
      after: string,
      conversationId: string | null,
      first: number,
    ): Promise<ChangePage> {
      const cursor = decodeCursor(after);
      return conversationId === null
        ? pageOfAll(viewer, cursor, first)
        : pageOfOne(viewer, conversationId, cursor, first);
    },
  };
}

/** The highest numbers in these runs, which are disjoint and in order: so many at most, from the highest. */
function newestSeqs(runs: readonly Run[], limit: number): number[] {
  const seqs: number[] = [];
  for (const { from, to } of runs.toReversed())
    for (let seq = to; seq >= from && seqs.length < limit; seq--)
      seqs.push(seq);
  return seqs;
}

/** Where a conversation is read from: in the cursor's own conversation that is known exactly. */
function exactPlace(
  { place }: StreamCursor,
  { conversationId, version, lastSeq }: PlaceAtTime,
): Position {
  return place?.conversationId === conversationId
    ? place
    : { version, lastSeq };
}

/** The place that a change set ends at, as a cursor holds it. */
export function placeOf({
  conversationId,
  position: { version, lastSeq },
}: Pick<ChangeSet, "conversationId" | "position">) {
  return { conversationId, version, lastSeq };
}
