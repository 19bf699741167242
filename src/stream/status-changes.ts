import type { Viewer } from "../auth/viewer.js";
import { notFound } from "../foundation/errors.js";
import type { SeqSet } from "../foundation/seq-set.js";
import type { ChangeView, ViewOfChange } from "./change-view.js";
import type { Changes } from "./changes.js";
import type { CommitHorizon } from "./commit-horizon.js";
import { decodeCursor, encodeCursor, type StreamCursor } from "./cursor.js";
import type { PositionAtTime, PositionQueries } from "./position-queries.js";
import { resetPosition, type Resume } from "./resume.js";
import { placeOf, type SeenChange } from "./visible-change.js";

/** A page of `statusChanges`. */
export interface ChangePage {
  readonly nodes: readonly SeenChange[];
  readonly endCursor: string;
  readonly hasNextPage: boolean;
}

/** What pages of changes are read with. */
export interface StatusChangesDependencies {
  readonly changes: Changes;
  readonly view: Pick<ChangeView, "seenBy">;
  readonly resume: Resume;
  readonly queries: PositionQueries;
  readonly horizon: CommitHorizon;
  /** Whether a user sees others' reads (R20). */
  readonly seesReads: (userId: string) => Promise<boolean>;
  readonly mayView: (
    viewer: Viewer,
    conversationId: string,
  ) => Promise<SeqSet | null>;
}

/** The changes after a cursor, page by page: in one conversation, or in all of the viewer's. */
export class StatusChanges {
  private readonly needs: StatusChangesDependencies;

  constructor(needs: StatusChangesDependencies) {
    this.needs = needs;
  }

  /**
   * A page of at most `first` changes.
   * @throws {AppError} BAD_USER_INPUT for a malformed cursor, NOT_FOUND for a conversation that the viewer can't see
   */
  async page(
    viewer: Viewer,
    after: string,
    conversationId: string | null,
    first: number,
  ): Promise<ChangePage> {
    const cursor = decodeCursor(after);
    return conversationId === null
      ? this.pageOfAll(viewer, cursor, first)
      : this.pageOfOne(viewer, conversationId, cursor, first);
  }

  private async pageOfOne(
    viewer: Viewer,
    conversationId: string,
    cursor: StreamCursor,
    first: number,
  ): Promise<ChangePage> {
    const { changes, view, resume, horizon, mayView } = this.needs;
    const visible = await mayView(viewer, conversationId);
    if (!visible) throw notFound("conversation");
    const viewOfChange = await this.viewOf(viewer, visible);
    const nodes: SeenChange[] = [];
    let from =
      (await resume.positionIn(conversationId, cursor)) ?? resetPosition;
    for (;;) {
      const set = await changes.since(conversationId, from);
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
      const change = await view.seenBy(set, viewOfChange, endCursor);
      if (change) nodes.push(change);
      if (set.isComplete || nodes.length >= first)
        return { nodes, endCursor, hasNextPage: !set.isComplete };
      from = set.position;
    }
  }

  private async pageOfAll(
    viewer: Viewer,
    cursor: StreamCursor,
    first: number,
  ): Promise<ChangePage> {
    const { resume, queries, horizon } = this.needs;
    const startedMs =
      cursor.page?.startedMs ?? (await horizon.read()).settledMs;
    if (await resume.isBeyond(cursor, startedMs))
      return this.resetOfAll(viewer, startedMs);
    const changed = await queries.changedSince({
      userId: viewer.userId,
      atMs: cursor.atMs,
      afterMs: cursor.page?.changedAtMs ?? 0,
      afterId: cursor.page?.conversationId ?? "",
      limit: first + 1,
    });
    const shown = changed.slice(0, first);
    const hasNextPage = changed.length > first;
    const pageCursor = ({ changedAtMs, conversationId }: PositionAtTime) =>
      encodeCursor({
        atMs: cursor.atMs,
        place: cursor.place,
        page: { changedAtMs, conversationId, startedMs },
      });
    const seen = await Promise.all(
      shown.map((position) =>
        this.changeOf(viewer, cursor, position, pageCursor(position)),
      ),
    );
    const last = shown.at(-1);
    return {
      nodes: seen.filter((change) => change !== null),
      endCursor: !hasNextPage
        ? encodeCursor({ atMs: startedMs, place: null })
        : last
          ? pageCursor(last)
          : encodeCursor(cursor),
      hasNextPage,
    };
  }

  /** What changed for the viewer in one of their conversations since a cursor over all of them. */
  private async changeOf(
    viewer: Viewer,
    { place }: StreamCursor,
    { conversationId, version, lastSeq }: PositionAtTime,
    endCursor: string,
  ): Promise<SeenChange | null> {
    const { changes, view, mayView } = this.needs;
    const visible = await mayView(viewer, conversationId);
    if (!visible) return null;
    const isOwn = place?.conversationId === conversationId;
    const from = isOwn ? place : { version, lastSeq };
    const set = await changes.allSince(conversationId, from);
    return view.seenBy(set, await this.viewOf(viewer, visible), endCursor);
  }

  /** R25: says that all must be read anew, by the conversation that changed last. */
  private async resetOfAll(viewer: Viewer, nowMs: number): Promise<ChangePage> {
    const { changes, view, queries } = this.needs;
    const endCursor = encodeCursor({ atMs: nowMs, place: null });
    const [last] = await queries.lastChanged({ userId: viewer.userId });
    if (!last) return { nodes: [], endCursor, hasNextPage: false };
    const set = await changes.since(last.conversationId, resetPosition);
    const viewOfNothing: ViewOfChange = {
      audience: { self: null, seesReads: false, visible: null },
      sentBy: null,
    };
    const change = await view.seenBy(set, viewOfNothing, endCursor);
    return { nodes: change ? [change] : [], endCursor, hasNextPage: false };
  }

  private async viewOf(viewer: Viewer, visible: SeqSet): Promise<ViewOfChange> {
    const { userId, isService } = viewer;
    return {
      audience: {
        self: isService ? null : userId,
        seesReads: isService || (await this.needs.seesReads(userId)),
        visible,
      },
      sentBy: null,
    };
  }
}
