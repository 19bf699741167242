import type { Badge, BadgeNow } from "../domain/unread/badge.js";
import type { Position } from "../domain/conversations/position.js";
import type { Follower } from "./follower.js";
import type { StreamObserver } from "./observer.js";
import type { StreamRequest } from "./subscription.js";
import type { ChangeSet } from "./visible-change.js";

/** A timer of Node's takes no longer time; the badge is then looked at for nothing. */
const longestTimerMs = 24 * 60 * 60 * 1_000;

/** What a badge is told with. */
export interface BadgeNeeds {
  /** A user's badge as it is now: never one that was being read before it was asked for. */
  readonly readBadge: (userId: string) => Promise<BadgeNow>;
  readonly observer: Pick<StreamObserver, "onSent">;
  readonly onError: (error: unknown) => void;
}

/** Lets followers of badges look, where a change after a position may have changed their viewers' badges. */
export function lookAtBadges(
  set: ChangeSet,
  from: Position,
  followers: readonly Follower[],
): void {
  for (const { userId, subscription } of followers)
    if (mayChangeBadge(set, from, userId)) subscription.lookAtBadge();
}

/**
 * Whether a user's badge may be another after a change: there are new messages, one was deleted, or something happened
 * to the user themselves. What others read or receive changes no badge but theirs.
 */
function mayChangeBadge(
  { isReset, position, rows }: ChangeSet,
  from: Position,
  userId: string,
): boolean {
  return (
    isReset ||
    position.lastSeq > from.lastSeq ||
    rows.some((row) => row.kind === "DELETED" || row.userId === userId)
  );
}

/**
 * Tells one subscription the user's badge (R38): as it is now, and again whenever it is another. It reads the whole badge
 * anew after each change, one reading at a time, and waits until the socket has taken the event before the next one:
 * whatever happens meanwhile goes together.
 */
export class BadgeTeller {
  private readonly request: StreamRequest;
  private readonly needs: BadgeNeeds;
  /** What was told last. */
  private told: Badge | null = null;
  /** Whether something may have changed since the last reading began. */
  private isDue = false;
  private isTelling = false;
  private isEnded = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(request: StreamRequest, needs: BadgeNeeds) {
    this.request = request;
    this.needs = needs;
  }

  /** The badge may have changed: it is read, and told if it has. */
  look(): void {
    this.isDue = true;
    void this.tell();
  }

  /** Tries again after a failure. */
  retry(): void {
    if (this.isDue) void this.tell();
  }

  /** Nothing is told from now on. */
  end(): void {
    this.isEnded = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private async tell(): Promise<void> {
    if (this.isTelling) return;
    this.isTelling = true;
    try {
      while (this.isDue && !this.isEnded) {
        this.isDue = false;
        await this.tellOnce();
      }
    } catch (error) {
      this.isDue = true;
      this.needs.onError(error);
    } finally {
      this.isTelling = false;
    }
  }

  private async tellOnce(): Promise<void> {
    const { viewer, operation, sink } = this.request;
    const { badge, muteEndsInMs } = await this.needs.readBadge(viewer.userId);
    this.lookIn(muteEndsInMs);
    if (this.told && isSame(this.told, badge)) return;
    const audience = { self: viewer.userId, seesReads: null, visible: null };
    const event = { badgeChanged: badge };
    const payload = await operation.execute(event, { audience, viewer });
    if (this.isEnded) return;
    await new Promise<void>((taken) => sink.send(payload, taken));
    this.told = badge;
    this.needs.observer.onSent("badge", 1);
  }

  /** Looks again when a mute has passed (R37). */
  private lookIn(ms: number | null): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (ms === null || this.isEnded) return;
    this.timer = setTimeout(
      () => this.look(),
      Math.min(ms + 1, longestTimerMs),
    );
    this.timer.unref();
  }
}

function isSame(one: Badge, other: Badge): boolean {
  return (
    one.unreadCount === other.unreadCount &&
    one.unreadMentionCount === other.unreadMentionCount &&
    one.unreadConversationCount === other.unreadConversationCount
  );
}
