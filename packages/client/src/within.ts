/** How long a queue waits for an answer where the app sets no time, in milliseconds. */
export const defaultTimeoutMs = 30_000;

/**
 * Resolves as the promise does, and rejects where the promise takes longer than `ms` milliseconds. A
 * socket that died unnoticed never answers, and a queue that waited for it would be stuck in every tab.
 */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`No answer within ${ms} ms.`)),
      ms,
    );
    void promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
