/** The globals of a browser that the client uses; Node, workers and older browsers lack some of them. */
export const platform: Partial<
  Pick<typeof globalThis, "indexedDB" | "BroadcastChannel" | "crypto">
> & { readonly navigator?: { readonly locks?: LockManager } } = globalThis;
