import { SeqSet, type Run } from "../foundation/seq-set.js";
import type { Membership } from "../domain/conversations/participant.js";
import type { Follower } from "./follower.js";
import type { RightsRow } from "../domain/conversations/rights-queries.js";
import type { ChangeSet } from "./visible-change.js";

/** What a viewer may see of a conversation, and of others' reads in it. */
export interface ViewerRights {
  readonly visible: SeqSet;
  /** Whether the viewer is a present participant. */
  readonly isActive: boolean;
  /** Whether some of the viewer's receipts here show to the viewer alone (R20), or would (R39). */
  readonly hasHidden: boolean;
  /** Whether the viewer shows their reads, and so sees others' (R20). */
  readonly readReceipts: boolean;
}

/** Every message. */
export const everySeq = SeqSet.span(1, Infinity);
const everySeqText = String(everySeq);

/** A service token sees everything. */
const serviceRights: ViewerRights = {
  visible: everySeq,
  isActive: true,
  hasHidden: false,
  readReceipts: true,
};

/** Who may see what in one conversation: read when it is needed, and again when it may have changed (R21). */
export class ConversationRights {
  private readonly conversationId: string;
  private readonly read: (key: Membership) => Promise<RightsRow | null>;
  private readonly byUser = new Map<string, ViewerRights>();
  private isStale = true;

  constructor(
    conversationId: string,
    read: (key: Membership) => Promise<RightsRow | null>,
  ) {
    this.conversationId = conversationId;
    this.read = read;
  }

  /** The rights of a follower's viewer; undefined where they were not read yet, or there are none. */
  of(follower: Follower): ViewerRights | undefined {
    return follower.isService
      ? serviceRights
      : this.byUser.get(follower.userId);
  }

  /** Rights or preferences may have changed: they are read again before the next event. */
  invalidate(): void {
    this.isStale = true;
  }

  /** Reads the rights of these followers' viewers. */
  async load(followers: Iterable<Follower>): Promise<void> {
    const userIds = new Set<string>();
    for (const follower of followers)
      if (!follower.isService) userIds.add(follower.userId);
    const { conversationId } = this;
    const rows = await Promise.all(
      [...userIds].map((userId) => this.read({ conversationId, userId })),
    );
    for (const userId of userIds) this.byUser.delete(userId);
    for (const row of rows) if (row) this.byUser.set(row.userId, rightsOf(row));
  }

  /** Reads the rights of all followers again, where these changes or anything before may have changed them. */
  async refresh(
    { rows }: ChangeSet,
    followers: ReadonlySet<Follower>,
  ): Promise<void> {
    const isUnknown = [...followers].some((follower) => !this.of(follower));
    const isChanged = rows.some(
      ({ kind, isHidden }) => kind === "JOINED" || kind === "LEFT" || isHidden,
    );
    if (!this.isStale && !isUnknown && !isChanged) return;
    this.isStale = false;
    try {
      await this.load(followers);
    } catch (error) {
      this.isStale = true;
      throw error;
    }
  }
}

/** Keeps no more of a row than is asked for: the rights stay as long as somebody listens. */
function rightsOf(row: RightsRow): ViewerRights {
  const { isActive, hasHidden, readReceipts } = row;
  // Nearly all viewers may see every message.
  const visible =
    row.visible === everySeqText ? everySeq : SeqSet.parse(row.visible);
  return { visible, isActive, hasHidden, readReceipts };
}

/** The part of a span of messages that a viewer may see; null where that is all of it. */
export function visiblePart(
  span: Run | null,
  { visible }: ViewerRights,
): SeqSet | null {
  return !span || visible.covers(span)
    ? null
    : SeqSet.span(span.from, span.to).intersect(visible);
}
