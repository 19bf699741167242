import type { BackOff } from "@acked/client";

/** The demo tries again sooner than an app should: visitors switch the network off and on. */
export const backOff: BackOff = { firstMs: 250, longestMs: 5_000 };
