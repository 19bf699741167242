import type { Viewer } from "../auth/viewer.js";
import { notFound } from "../foundation/errors.js";
import type { SeqSet } from "../foundation/seq-set.js";
import type { ChangeView, ViewOfChange } from "./change-view.js";
import type { Changes } from "./changes.js";
import type { StreamCursor } from "./cursor.js";
import type { Head } from "./head.js";
import type { ChangedConversation } from "./order-queries.js";
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
    const { changes, view, resume, head, mayView } = this.needs;
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
          endCursor: head.encode(cursor),
          hasNextPage: set.isReset || set.rows.length > 0,
        };
      const endCursor = head.cursorOf(conversationId, set.position);
      const change = await view.seenBy(set, viewOfChange, endCursor);
      if (change) nodes.push(change);
      if (set.isComplete || nodes.length >= first)
        return { nodes, endCursor, hasNextPage: !set.isComplete };
      from = set.position;
    }
  }

  /**
   * Pages go through the conversations in the order of the transactions that changed them last. One that
   * changes again meanwhile moves to the end, and comes again; so none is passed over.
   */
  private async pageOfAll(
    viewer: Viewer,
    cursor: StreamCursor,
    first: number,
  ): Promise<ChangePage> {
    const { resume, head } = this.needs;
    if (!(await resume.isOfThisTimeline(cursor)))
      return this.resetOfAll(viewer);
    const { witness } = head.watermark;
    const { snapshot, conversations } = await resume.changedSince(
      viewer.userId,
      cursor,
      first + 1,
    );
    const started = cursor.page?.started ?? snapshot;
    const shown = conversations.slice(0, first);
    const hasNextPage = conversations.length > first;
    const pageCursor = ({ conversationId, changedXid }: ChangedConversation) =>
      head.encode({
        ...cursor,
        page: { changedXid, conversationId, started },
      });
    const seen = await Promise.all(
      shown.map((changed) =>
        this.changeOf(viewer, changed, pageCursor(changed)),
      ),
    );
    const last = shown.at(-1);
    return {
      nodes: seen.filter((change) => change !== null),
      endCursor: !hasNextPage
        ? head.cursorAt({ snapshot: started, witness }, null)
        : last
          ? pageCursor(last)
          : head.encode(cursor),
      hasNextPage,
    };
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

  /** R25: says that all must be read anew, by the conversation that changed last. */
  private async resetOfAll(viewer: Viewer): Promise<ChangePage> {
    const { changes, view, resume, head } = this.needs;
    const { witness } = head.watermark;
    const snapshot = await resume.snapshotNow();
    const endCursor = head.cursorAt({ snapshot, witness }, null);
    const last = await resume.lastChanged(viewer.userId);
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
