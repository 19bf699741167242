import type { Viewer } from "../auth/viewer.js";
import type { Position } from "../domain/conversations/position.js";
import { notFound } from "../foundation/errors.js";
import type { SeqSet } from "../foundation/seq-set.js";
import type { ChangeView, ViewOfChange } from "./change-view.js";
import type { Changes } from "./changes.js";
import type { StreamCursor } from "./cursor.js";
import type { Head } from "./head.js";
import type { ChangedConversation } from "./order-queries.js";
import type { LastSwitch } from "./last-switch.js";
import { resetPosition, type Resume } from "./resume.js";
import type { SeenChange } from "./visible-change.js";

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
  readonly head: Head;
  readonly lastSwitch: LastSwitch;
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
    const cursor = this.needs.head.decode(after);
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
    const { changes, view, head, mayView } = this.needs;
    const visible = await mayView(viewer, conversationId);
    if (!visible) throw notFound("conversation");
    const viewOfChange = await this.viewOf(viewer, visible);
    const nodes: SeenChange[] = [];
    let from = await this.positionIn(viewer, conversationId, cursor);
    let endCursor = head.encode(cursor);
    for (;;) {
      const set = await changes.since(conversationId, from);
      const end = head.cursorOf(conversationId, set.position);
      const change = await view.seenBy(set, viewOfChange, end);
      // A next page is one that has something to show: what does not show tells of itself by nothing (R57).
      if (change && nodes.length >= first)
        return { nodes, endCursor, hasNextPage: true };
      if (change) nodes.push(change);
      endCursor = end;
      if (set.isComplete) return { nodes, endCursor, hasNextPage: false };
      from = set.position;
    }
  }

  /** Where a cursor points to; nowhere where the viewer sees others otherwise since (R20), or history was lost (R25). */
  private async positionIn(
    viewer: Viewer,
    conversationId: string,
    cursor: StreamCursor,
  ): Promise<Position> {
    const { lastSwitch, resume } = this.needs;
    if (await lastSwitch.isAfter(cursor, viewer)) return resetPosition;
    return (await resume.positionIn(conversationId, cursor)) ?? resetPosition;
  }

  /**
   * Pages go through the conversations in the order of the transactions that changed last what the viewer sees
   * of them. One that changes again meanwhile moves to the end, and comes again; so none is passed over.
   */
  private async pageOfAll(
    viewer: Viewer,
    cursor: StreamCursor,
    first: number,
  ): Promise<ChangePage> {
    const { resume, head, lastSwitch } = this.needs;
    if (
      !(await resume.isOfThisTimeline(cursor)) ||
      (await lastSwitch.isAfter(cursor, viewer))
    )
      return this.resetOfAll(viewer);
    const { witness } = head.watermark;
    let started = cursor.page?.started ?? null;
    let endCursor = head.encode(cursor);
    const nodes: SeenChange[] = [];
    for (let at = cursor; ;) {
      const limit = first + 1;
      const asked = { limit, withMessages: false };
      const read = await resume.changedSince(viewer.userId, at, asked);
      const startedAt = (started ??= read.snapshot);
      const after = ({ changedXid, conversationId }: ChangedConversation) => ({
        ...cursor,
        page: { changedXid, conversationId, started: startedAt },
      });
      const seen = await Promise.all(
        read.conversations.map(async (changed) => {
          const end = head.encode(after(changed));
          return { change: await this.changeOf(viewer, changed, end), end };
        }),
      );
      for (const { change, end } of seen) {
        if (!change) continue;
        if (nodes.length >= first)
          return { nodes, endCursor, hasNextPage: true };
        nodes.push(change);
        endCursor = end;
      }
      const last = read.conversations.at(-1);
      if (!last || read.conversations.length < limit) {
        const end = { snapshot: startedAt, witness };
        return {
          nodes,
          endCursor: head.cursorAt(end, null),
          hasNextPage: false,
        };
      }
      at = after(last);
    }
  }

  /** What changed for the viewer in one of their conversations. */
  private async changeOf(
    viewer: Viewer,
    { conversationId, position }: ChangedConversation,
    endCursor: string,
  ): Promise<SeenChange | null> {
    const { changes, view, mayView } = this.needs;
    const visible = await mayView(viewer, conversationId);
    if (!visible) return null;
    const set = await changes.allSince(conversationId, position);
    return view.seenBy(set, await this.viewOf(viewer, visible), endCursor);
  }

  /** R25: says that all must be read anew, by the most recently active conversation. */
  private async resetOfAll(viewer: Viewer): Promise<ChangePage> {
    const { changes, view, resume, head } = this.needs;
    const { witness } = head.watermark;
    const snapshot = await resume.snapshotNow();
    const endCursor = head.cursorAt({ snapshot, witness }, null);
    const last = await resume.lastActive(viewer.userId);
    if (last === null) return { nodes: [], endCursor, hasNextPage: false };
    const set = await changes.since(last, resetPosition);
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
