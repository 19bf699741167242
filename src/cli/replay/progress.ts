/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean };

const barWidth = 30;
const redrawMs = 100;
const toLineStart = "\r\u001B[K";

/** Shows in one line of a terminal how far a job has come; shows nothing elsewhere. */
export interface Progress {
  /** @param done how many steps are done */
  show(done: number): void;
  /** Takes the line away. */
  end(): void;
}

/** @param total how many steps there are, at least one */
export function createProgress(out: Output, total: number): Progress {
  if (!out.isTTY) return { show: () => undefined, end: () => undefined };
  const startedMs = performance.now();
  let shownMs = -Infinity;
  return {
    show(done) {
      const nowMs = performance.now();
      if (nowMs - shownMs < redrawMs) return;
      shownMs = nowMs;
      const full = Math.floor((barWidth * done) / total);
      const bar = "█".repeat(full) + "░".repeat(barWidth - full);
      const seconds = Math.round((nowMs - startedMs) / 1_000);
      out.write(
        `${toLineStart}${bar} ${String(done)} of ${String(total)} steps, ${String(seconds)} s`,
      );
    },
    end: () => void out.write(toLineStart),
  };
}
