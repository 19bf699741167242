import type { Viewer } from "../auth/viewer.js";
import type { AppError } from "../foundation/errors.js";
import type { FairLimits, RateName } from "./limits.js";
import { callerKey } from "./caller-key.js";
import { FairQueue } from "./fair-queue.js";
import type { FairObserver } from "./observer.js";
import { RatesKept } from "./rates-kept.js";
import { SharesTaken } from "./shares.js";
import { UnderWay } from "./under-way.js";

/** What this node gives to each user. Nodes count for themselves. */
export interface Fairness {
  readonly shares: SharesTaken;
  readonly underWay: UnderWay;
  readonly queue: FairQueue;
  /**
   * Takes points of a caller's rate. They are counted before this function returns; the verdict comes later.
   * @returns RATE_LIMITED with `retryAfterMs` where there are none left; else null
   */
  charge(
    viewer: Viewer,
    rate: RateName,
    points: number,
  ): Promise<AppError | null>;
  /** Counts a socket that is opened from an address. */
  chargeAddress(address: string): Promise<AppError | null>;
}

/** Makes the counts of a node. */
export function createFairness(
  limits: FairLimits,
  observer: FairObserver,
): Fairness {
  const queue = new FairQueue();
  const rates = new RatesKept(limits, observer);
  return {
    shares: new SharesTaken(limits, observer),
    underWay: new UnderWay(limits, observer, queue),
    queue,
    charge(viewer, rate, points) {
      if (rate === "marks") queue.count(callerKey(viewer), { marks: points });
      return rates.charge(viewer, rate, points);
    },
    chargeAddress: (address) => rates.chargeAddress(address),
  };
}
