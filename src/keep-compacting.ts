import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "./config/config.js";
import type { Db } from "./db/connect.js";
import { compact } from "./domain/receipts/compactor.js";
import { compactionQueries } from "./domain/receipts/compaction-queries.js";
import type { Stop } from "./foundation/deadline.js";

/** How often a node asks whether a round is due, in milliseconds: at random, from half of it on. */
const askMs = 10 * 60_000;

/** Waits until it is time to ask again. Returns false where the node stops. */
function isTimeToAsk(signal: AbortSignal): Promise<boolean> {
  const waitMs = askMs * (0.5 + Math.random() / 2);
  return sleep(waitMs, true, { signal, ref: false }).catch(() => false);
}

/**
 * Merges what is older than RETENTION_DAYS, gently, once a day in all nodes together. A round that a node left is gone
 * on with by the next that asks.
 * @returns gives it up, after the page that is under way
 */
export function keepCompacting(
  db: Db,
  { retentionDays: days }: Pick<Config, "retentionDays">,
  log: Logger,
): Stop {
  if (days === null) return () => Promise.resolve();
  const queries = compactionQueries(db);
  const stopping = new AbortController();
  const { signal } = stopping;
  const options = { days, isForced: false, isGentle: true, signal };

  async function keepOn(): Promise<void> {
    while (await isTimeToAsk(signal)) {
      try {
        const gone = await compact(queries, options);
        if (gone !== null && gone > 0)
          log.info({ rows: gone }, "old rows of the receipt log were merged");
      } catch (err) {
        log.error({ err }, "compacting the receipt log failed");
      }
    }
  }

  const running = keepOn();
  return () => {
    stopping.abort();
    return running;
  };
}
