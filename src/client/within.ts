/** How long an answer is waited for unless told otherwise, in milliseconds. */
export const defaultTimeoutMs = 30_000;

/**
 * What a promise resolves with, where that is in time; else rejects. A socket that died unnoticed
 * answers nothing, ever, and a queue that waited for it would be stuck in every tab.
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
