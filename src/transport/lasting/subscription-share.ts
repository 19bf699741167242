import type { Viewer } from "../../auth/viewer.js";
import { refuseSlowly } from "../../fair/refuse-slowly.js";
import type { SharesTaken } from "../../fair/shares.js";
import { AppError } from "../../foundation/errors.js";

/** What a subscription takes of its user's shares until it ends, whichever way it came. */
export class SubscriptionShare {
  private readonly shares: SharesTaken;
  private readonly viewer: Viewer;
  /** The conversation that the subscription follows, once it is counted; empty for all. */
  private followed: string | null = null;

  private constructor(shares: SharesTaken, viewer: Viewer) {
    this.shares = shares;
    this.viewer = viewer;
  }

  /**
   * Counts one more subscription, at once.
   * @returns RATE_LIMITED where the user has too many: nothing is counted then
   */
  static take(
    shares: SharesTaken,
    viewer: Viewer,
  ): SubscriptionShare | AppError {
    const refusal = shares.take("subscriptions", viewer);
    return refusal ?? new SubscriptionShare(shares, viewer);
  }

  /**
   * Counts a subscription to a conversation, or to all.
   * @throws {AppError} RATE_LIMITED
   */
  async follow(conversationId: string | null): Promise<void> {
    const about = conversationId ?? "";
    const { shares, viewer } = this;
    const refusal = shares.take("subscriptionsToOne", viewer, { about });
    if (refusal) await refuseSlowly(refusal);
    this.followed = about;
  }

  /** Gives back what was taken: the subscription has ended, or was refused. */
  release(): void {
    const { shares, viewer, followed } = this;
    shares.release("subscriptions", viewer);
    if (followed !== null)
      shares.release("subscriptionsToOne", viewer, { about: followed });
  }
}
