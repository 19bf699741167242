import type { Duplex } from "node:stream";

const corked = new Set<Duplex>();

/**
 * Holds back everything that is written to a stream until the end of this turn of the event loop.
 * The operating system then gets all of it in one call. The answer to an operation is two frames,
 * `next` and `complete`, and one SQL statement answers many operations. With one system call for
 * each frame, system calls took a quarter of the server's time.
 */
export function corkThisTurn(stream: Duplex): void {
  if (corked.has(stream)) return;
  if (corked.size === 0) setImmediate(uncorkAll);
  corked.add(stream);
  stream.cork();
}

function uncorkAll(): void {
  const streams = [...corked];
  corked.clear();
  for (const stream of streams) stream.uncork();
}
