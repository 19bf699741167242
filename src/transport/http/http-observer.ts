/** Why a connection was turned away before it was served. */
export const turnedAwayReasons = [
  "node_full",
  "address_full",
  "origin",
] as const;
/** `node_full` and `address_full` are limits of connections; `origin` is a page that may not open sockets. */
type TurnedAwayReason = (typeof turnedAwayReasons)[number];

/** Told of each HTTP request that was answered, and of connections that were not served. */
export interface HttpObserver {
  /** @param route as it was declared, or `none`: never the path that the client sent */
  onRequest(route: string, status: number, ms: number): void;
  onTurnedAway(reason: TurnedAwayReason): void;
}
