import {
  fairLimits,
  type Allowance,
  type FairLimits,
  type Rates,
  type Shares,
  type UnderWayLimits,
} from "../../src/fair/limits.js";

/** What a test changes of what users may take. */
interface Changed {
  readonly shares?: Partial<Shares>;
  readonly underWay?: Partial<UnderWayLimits>;
  readonly rates?: Partial<Rates>;
}

/** The limits of a node, some of those of users changed. */
export function fairWith({ shares, underWay, rates }: Changed): FairLimits {
  const { user } = fairLimits;
  const changed: Allowance = {
    shares: { ...user.shares, ...shares },
    underWay: { ...user.underWay, ...underWay },
    rates: { ...user.rates, ...rates },
  };
  return { ...fairLimits, user: changed };
}

/** For tests of what a socket may take: a user may take as much of each conversation. */
export const roomy = fairWith({ shares: { subscriptionsToOne: 1_000 } });

/** For tests in which a few users ask in a minute what they else ask in a day. */
export const tireless = fairWith({
  rates: { cost: { points: Number.MAX_SAFE_INTEGER, seconds: 60 } },
});
