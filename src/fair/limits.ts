/** What a user may hold of a node at once; past it RATE_LIMITED, or close code 4429 for sockets. */
export interface Shares {
  readonly sockets: number;
  /** Subscriptions over all sockets, counted from their `subscribe` message on. */
  readonly subscriptions: number;
  /** Of these, to the same conversation, or to all conversations. */
  readonly subscriptionsToOne: number;
  /** Marks of `syncReceipts` under way. */
  readonly marks: number;
}

/** How many of a user's queries and mutations, over sockets and HTTP, run and wait. */
export interface UnderWayLimits {
  /** So many run at once; the others wait for their turn. Answers that are large make it fewer. */
  readonly running: number;
  /** So many of those that come first run at once, until answers are seen to be small. */
  readonly first: number;
  /** So many run or wait; what is more is RATE_LIMITED. */
  readonly all: number;
  /** The bytes of their requests. */
  readonly bytes: number;
}

/** So many points in each time of so many seconds, which begins with the first point that is taken. */
export interface Rate {
  readonly points: number;
  readonly seconds: number;
}

/** What rates are kept of. */
export interface Rates {
  /** Sockets that are let in. */
  readonly connections: Rate;
  /** Marks; one up to a message is one, however many messages it covers. */
  readonly marks: Rate;
  readonly sends: Rate;
  readonly conversations: Rate;
  /** Users named in `createConversation` and `addParticipants`. */
  readonly additions: Rate;
  /** The price of documents. */
  readonly cost: Rate;
}

export type ShareName = keyof Shares;
export type RateName = keyof Rates;

/** What one caller may take of a node. */
export interface Allowance {
  readonly shares: Shares;
  readonly underWay: UnderWayLimits;
  readonly rates: Rates;
}

/** What each caller may take of a node. Every node counts for itself. */
export interface FairLimits {
  readonly user: Allowance;
  /** Of service tokens, by their `sub`. */
  readonly service: Allowance;
  /** Sockets opened from one address; not kept of loopback and private addresses, behind which a proxy stands. */
  readonly address: Rate;
}

const minute = 60;
const hour = 3_600;
const mebibyte = 1_024 * 1_024;

/**
 * The limits of a node. A user with ten devices, each with five tabs that follow two conversations and all
 * others in three ways, stays within; so does a phone that marks a week's 10,000 messages one by one, and a
 * script that tries the service out with a few hundred sockets of one token.
 */
export const fairLimits: FairLimits = {
  user: {
    shares: {
      sockets: 250,
      subscriptions: 1_000,
      subscriptionsToOne: 250,
      marks: 2_500,
    },
    underWay: { running: 50, first: 25, all: 2_000, bytes: 16 * mebibyte },
    rates: {
      connections: { points: 300, seconds: minute },
      marks: { points: 60_000, seconds: minute },
      sends: { points: 3_000, seconds: minute },
      conversations: { points: 300, seconds: hour },
      additions: { points: 40_000, seconds: hour },
      cost: { points: 1_000_000, seconds: minute },
    },
  },
  service: {
    shares: {
      sockets: 500,
      subscriptions: 5_000,
      subscriptionsToOne: 1_000,
      marks: 2_500,
    },
    underWay: { running: 200, first: 25, all: 10_000, bytes: 64 * mebibyte },
    rates: {
      connections: { points: 3_000, seconds: minute },
      marks: { points: 60_000, seconds: minute },
      sends: { points: 300_000, seconds: minute },
      conversations: { points: 100_000, seconds: hour },
      additions: { points: 10_000_000, seconds: hour },
      cost: { points: 10_000_000, seconds: minute },
    },
  },
  address: { points: 3_000, seconds: minute },
};
