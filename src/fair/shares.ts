import type { Viewer } from "../auth/viewer.js";
import { AppError } from "../foundation/errors.js";
import type { FairLimits, ShareName } from "./limits.js";
import type { FairObserver } from "./observer.js";

/** A client that met the limit of a share may try again after this time. */
const retryAfterMs = 1_000;

const names: Readonly<Record<ShareName, string>> = {
  sockets: "sockets",
  subscriptions: "subscriptions",
  subscriptionsToOne: "subscriptions to the same conversation",
  marks: "marks under way",
};

/** What each user holds of this node now. */
export class SharesTaken {
  private readonly limits: FairLimits;
  private readonly observer: FairObserver;
  private readonly taken = new Map<string, number>();

  constructor(limits: FairLimits, observer: FairObserver) {
    this.limits = limits;
    this.observer = observer;
  }

  /**
   * Takes more of a share. What was taken is given back by {@link release}.
   * @param about what the share is of, where it is kept for each: a conversation
   * @returns RATE_LIMITED where that is more than the user's share: nothing is taken then
   */
  take(
    share: ShareName,
    viewer: Viewer,
    { about = "", count = 1 } = {},
  ): AppError | null {
    const key = keyOf(share, viewer, about);
    const taken = (this.taken.get(key) ?? 0) + count;
    const { shares } = this.limits[viewer.isService ? "service" : "user"];
    if (taken > shares[share]) {
      this.observer.onRefused(share);
      return new AppError("RATE_LIMITED", `Too many ${names[share]}.`, {
        retryAfterMs,
      });
    }
    this.taken.set(key, taken);
    return null;
  }

  /** Gives back what was taken. */
  release(
    share: ShareName,
    viewer: Viewer,
    { about = "", count = 1 } = {},
  ): void {
    const key = keyOf(share, viewer, about);
    const left = (this.taken.get(key) ?? 0) - count;
    if (left > 0) this.taken.set(key, left);
    else this.taken.delete(key);
  }
}

/** Ids hold no NUL, so no two keys are the same text. */
function keyOf(
  share: ShareName,
  { userId, isService }: Viewer,
  about: string,
): string {
  return [share, isService, userId, about].join("\0");
}
