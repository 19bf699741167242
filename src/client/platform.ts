/** What of the browser's globals is there: Node, workers and older browsers lack some. */
export const platform: Partial<
  Pick<
    typeof globalThis,
    | "indexedDB"
    | "BroadcastChannel"
    | "addEventListener"
    | "removeEventListener"
  >
> & { readonly navigator?: { readonly locks?: LockManager } } = globalThis;
