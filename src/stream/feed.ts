import { Batcher } from "../foundation/batcher.js";
import { AppError } from "../foundation/errors.js";
import type { Membership } from "../domain/conversations/participant.js";
import type { Position } from "../domain/conversations/position.js";
import { lookAtBadges } from "./badge-teller.js";
import { catchUp, type CatchUpDependencies } from "./catch-up.js";
import type { Changes } from "./changes.js";
import { Delivery, type DeliveryDependencies } from "./delivery.js";
import {
  ofKind,
  type Follower,
  type FollowerHost,
  type Addressees,
} from "./follower.js";
import type { ErrorPlace } from "./observer.js";
import { ConversationRights } from "./rights.js";
import type { RightsRow } from "../domain/conversations/rights-queries.js";
import type { ChangeSet } from "./visible-change.js";

/** What a feed needs of the node. */
export interface FeedDependencies extends DeliveryDependencies {
  readonly changes: Pick<Changes, "since">;
  /** What a user may see of a conversation now; null where they never were in it. */
  readRights(key: Membership): Promise<RightsRow | null>;
  /** A number that only grows: tells whether a follower became live before or after a round began. */
  nextStamp(): number;
  /** Somebody came into the conversation. */
  onJoined(conversationId: string): void;
  /** A follower's viewer is no participant any more. */
  onRemoved(follower: Follower): void;
  /** A follower became live, or is live no longer. */
  onStateChange(follower: Follower): void;
  onError(error: unknown, at?: ErrorPlace): void;
}

/**
 * One conversation's stream on this node, while somebody here listens. A version that is news starts a
 * round: the feed reads what changed since its position, and sends that to the live followers. While a
 * round is under way, further versions wait and go together as the next round.
 */
export class Feed implements FollowerHost {
  readonly conversationId: string;
  readonly followers = new Set<Follower>();
  /** `Registry.generation` when this conversation was surveyed last: with a newer one, followers may be missing. */
  generation = -1;
  /** How many sweeps have ended since the last call of `sendUpTo`. */
  quietSweeps = 0;
  private readonly needs: FeedDependencies;
  private readonly rights: ConversationRights;
  private readonly delivery: Delivery;
  private readonly rounds = new Batcher<number, void>({
    name: "stream round",
    run: async (versions) => {
      this.sending = this.sendRounds(Math.max(...versions));
      await this.sending;
      return versions.map(() => undefined);
    },
  });

  /** The rounds under way, or the last ones. */
  private sending: Promise<void> = Promise.resolve();

  /** All up to here was read and handed to the live followers; null until the first follower is live. */
  private position: Position | null = null;
  /** The highest version that `sendUpTo` was called with. */
  private highestVersion = 0;

  constructor(conversationId: string, needs: FeedDependencies) {
    this.conversationId = conversationId;
    this.needs = needs;
    this.rights = new ConversationRights(conversationId, needs.readRights);
    this.delivery = new Delivery(conversationId, this.rights, needs);
  }

  /**
   * Sends what is new up to a version, at which the conversation stands. Resolves when all up to there was
   * sent, also by a round that is under way: a sweep that waits for this moves the watermark past it.
   * @returns whether anything was new to the live followers
   */
  async sendUpTo(version: number): Promise<boolean> {
    this.highestVersion = Math.max(this.highestVersion, version);
    this.quietSweeps = 0;
    if (!this.position) return false;
    if (version <= this.position.version) {
      // Where the round fails, it is told so, and its followers hold their watermarks.
      await this.sending.catch(() => undefined);
      return false;
    }
    await this.rounds.submit(version);
    return true;
  }

  /**
   * Lets new followers begin. Those that stand where the feed stands are live at once, and get what has
   * happened since as one round; each of the others reads for itself.
   * @param version the conversation stands at this version at least
   */
  begin(followers: readonly Follower[], version: number): void {
    if (followers.length === 0) return;
    // What is remembered of a viewer may be from before they left and came back.
    this.rights.invalidate();
    for (const follower of followers) {
      this.position ??= follower.position;
      if (isSame(follower.position, this.position))
        follower.join(this.needs.nextStamp());
      else follower.begin();
    }
    this.sendUpTo(Math.max(version, this.highestVersion)).catch(
      this.needs.onError,
    );
  }

  /** Rights or preferences may have changed: they are read again before the next event. */
  refreshRights(): void {
    this.rights.invalidate();
  }

  /**
   * The database began a new timeline: what the feed knew of its position and rights may be lost. Its
   * followers are restarted one by one.
   */
  restart(): void {
    this.position = null;
    this.highestVersion = 0;
    this.rights.invalidate();
  }

  resume(follower: Follower): void {
    void this.catchUp(follower);
  }

  onStateChange(follower: Follower): void {
    this.needs.onStateChange(follower);
  }

  private async catchUp(follower: Follower): Promise<void> {
    if (!follower.startCatchingUp()) return;
    const needs: CatchUpDependencies = {
      since: (from) => this.since(from),
      delivery: this.delivery,
      rights: this.rights,
      observer: this.needs.observer,
      isReached: (follower) => this.isReached(follower),
      onRemoved: this.needs.onRemoved,
    };
    try {
      if (!(await catchUp(needs, follower))) return;
      follower.goLive(this.needs.nextStamp());
      this.position ??= follower.position;
      await this.sendUpTo(this.highestVersion);
    } catch (error) {
      if (isNotFound(error)) this.needs.onRemoved(follower);
      else {
        follower.waitForSweep();
        this.needs.onError(error, { conversationId: this.conversationId });
      }
    }
  }

  private async since(from: Position): Promise<ChangeSet> {
    const { conversationId } = this;
    const set = await this.needs.changes.since(conversationId, from);
    if (set.rows.some(({ kind }) => kind === "JOINED"))
      this.needs.onJoined(conversationId);
    return set;
  }

  /** Whether a follower stands where the live followers stand. */
  private isReached({ position, subscription }: Follower): boolean {
    if (!this.position) return true;
    if (position.version < this.position.version) return false;
    return (
      subscription.request.kind === "status" ||
      position.lastSeq >= this.position.lastSeq
    );
  }

  /** Sends rounds to the live followers until all up to a version was sent. */
  private async sendRounds(version: number): Promise<void> {
    while (
      this.position &&
      this.position.version < version &&
      this.followers.size > 0
    ) {
      const begun = this.needs.nextStamp();
      // A follower that falls behind meanwhile reads for itself from then on, even if it is live
      // again before this round ends: nothing more of the round is for it.
      const isServed = ({ state, liveSince }: Follower) =>
        state === "live" && liveSince <= begun;
      try {
        await this.sendRound(this.position, begun, isServed);
      } catch (error) {
        for (const follower of this.followers)
          if (isServed(follower)) follower.waitForSweep();
        throw error;
      }
    }
  }

  private async sendRound(
    from: Position,
    begun: number,
    isServed: Addressees["isServed"],
  ): Promise<void> {
    const set = await this.since(from);
    await this.rights.refresh(set, this.followers);
    // From here on a follower that catches up must reach this position before it is live.
    this.position = set.position;
    const round = { followers: this.readyFollowers(begun), isServed };
    await this.delivery.sendChange(set, ofKind(round, "status"));
    await this.delivery.sendMessages(
      from.lastSeq,
      set,
      ofKind(round, "messages"),
    );
    lookAtBadges(set, from, ofKind(round, "badge").followers);
    for (const follower of round.followers)
      if (isServed(follower)) follower.position = set.position;
    this.needs.observer.onRound(from, set);
  }

  /** The live followers that may be sent to now. */
  private readyFollowers(begun: number): Follower[] {
    const ready: Follower[] = [];
    const { version } = this.position ?? { version: 0 };
    const { onWithheld } = this.needs.observer;
    for (const follower of this.followers) {
      if (follower.state !== "live")
        onWithheld({ reason: "behind", follower, version });
      else if (follower.liveSince > begun) {
        // Its rights may not have been read for this round.
        onWithheld({ reason: "not_served", follower, version });
        follower.readAgain();
      } else if (!this.rights.of(follower)?.isActive) {
        onWithheld({ reason: "removed", follower, version });
        this.needs.onRemoved(follower);
      } else ready.push(follower);
    }
    return ready;
  }
}

function isSame(one: Position, other: Position): boolean {
  return one.version === other.version && one.lastSeq === other.lastSeq;
}

/** Whether a conversation is gone: a restore may take it away from under its followers. */
function isNotFound(error: unknown): boolean {
  return error instanceof AppError && error.code === "NOT_FOUND";
}
