import type { RateName, ShareName } from "./limits.js";

/** What a caller was refused for: a share, too many operations under way, or a rate. */
export type Refused = ShareName | "operations" | RateName | "address";

/** Told of what is refused. */
export interface FairObserver {
  readonly onRefused: (what: Refused) => void;
}
