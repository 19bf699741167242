const firstMs = 250;
const longestMs = 5_000;

/**
 * How long to wait before the next attempt, in milliseconds: between half and the whole of a time
 * that doubles, so that clients which lost the server together do not come back together.
 * @param attempt 0 after the first failure
 */
export function backOffMs(attempt: number): number {
  return (
    (Math.min(longestMs, firstMs * 2 ** attempt) * (1 + Math.random())) / 2
  );
}
