/** Told of each HTTP request that was answered. */
export interface HttpObserver {
  /** @param route as it was declared, or `none`: never the path that the client sent */
  onRequest(route: string, status: number, ms: number): void;
}
