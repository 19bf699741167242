import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Viewer } from "../auth/viewer.js";
import { AppError } from "../foundation/errors.js";
import type { Allowance, FairLimits, Rate, RateName } from "./limits.js";
import type { FairObserver } from "./observer.js";
import { isOfMany } from "./shared-address.js";

type Limiters = Readonly<Record<RateName, RateLimiterMemory>>;

/** The rates of all callers of this node. */
export class RatesKept {
  private readonly limiters: Readonly<Record<"user" | "service", Limiters>>;
  private readonly address: RateLimiterMemory;
  private readonly observer: FairObserver;

  constructor({ user, service, address }: FairLimits, observer: FairObserver) {
    this.limiters = { user: limitersOf(user), service: limitersOf(service) };
    this.address = limiterOf(address);
    this.observer = observer;
  }

  /**
   * Takes points of a rate. The count is made before this function returns; only the verdict comes later.
   * @returns RATE_LIMITED, with the time until there are points again, where too many were taken; else null
   */
  charge(
    { userId, isService }: Viewer,
    rate: RateName,
    points: number,
  ): Promise<AppError | null> {
    if (points === 0) return Promise.resolve(null);
    const limiter = this.limiters[isService ? "service" : "user"][rate];
    return this.consume(limiter, userId, points, rate);
  }

  /** Counts a socket that is opened from an address. */
  async chargeAddress(address: string): Promise<AppError | null> {
    return isOfMany(address)
      ? null
      : this.consume(this.address, address, 1, "address");
  }

  private async consume(
    limiter: RateLimiterMemory,
    key: string,
    points: number,
    what: RateName | "address",
  ): Promise<AppError | null> {
    try {
      await limiter.consume(key, points);
      return null;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      this.observer.onRefused(what);
      return new AppError("RATE_LIMITED", `Too many ${names[what]}.`, {
        retryAfterMs: Math.max(1, refusal.msBeforeNext),
      });
    }
  }
}

const names: Readonly<Record<RateName | "address", string>> = {
  connections: "new sockets",
  marks: "marks",
  sends: "messages",
  conversations: "new conversations",
  additions: "additions of participants",
  cost: "queries of this price",
  address: "new sockets from this address",
};

function limitersOf({ rates }: Allowance): Limiters {
  return {
    connections: limiterOf(rates.connections),
    marks: limiterOf(rates.marks),
    sends: limiterOf(rates.sends),
    conversations: limiterOf(rates.conversations),
    additions: limiterOf(rates.additions),
    cost: limiterOf(rates.cost),
  };
}

function limiterOf({ points, seconds }: Rate): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: seconds });
}
