import { Batcher } from "../../foundation/batcher.js";
import { AppError } from "../../foundation/errors.js";
import type { RecipientRow, StatusCounts } from "./status.js";
import type {
  CountedStatus,
  RecipientsPage,
  StatusKey,
  StatusQueries,
} from "./status-queries.js";

/** The status of messages, as an audience sees it. */
export interface StatusService {
  /**
   * A message's counts. Counts that many operations ask for at once are one statement; recipients
   * are counted again only where something in the conversation has changed.
   * @throws {AppError} UNAVAILABLE where a restore took the message away since it was read
   */
  counts(key: StatusKey): Promise<StatusCounts>;
  /** A page of a message's recipients by user id. */
  recipients(page: RecipientsPage): Promise<readonly RecipientRow[]>;
}

/** Counting fewer recipients than this costs less than remembering their counts. */
const worthRemembering = 100;
/** The number of messages whose counts are remembered. */
const mostRemembered = 10_000;

/** Makes the service of status. */
export function createStatusService({
  queries,
}: {
  queries: StatusQueries;
}): StatusService {
  /** Counts in large conversations, the longest remembered first. They hold while the conversation's version is the same. */
  const remembered = new Map<string, CountedStatus>();

  function remember(key: string, counted: CountedStatus): void {
    remembered.delete(key);
    if (counted.counts.total < worthRemembering) return;
    remembered.set(key, counted);
    const [oldest] = remembered.keys();
    if (remembered.size > mostRemembered && oldest !== undefined)
      remembered.delete(oldest);
  }

  const counts = new Batcher<StatusKey, StatusCounts | null>({
    keyOf,
    concurrency: 4,
    maxBatch: 500,
    async run(keys) {
      const names = keys.map(keyOf);
      const known = names.map((name) => remembered.get(name) ?? null);
      const counted = await queries.counts(keys, known);
      return counted.map((one, i) => {
        if (one && one !== known[i]) remember(names[i] ?? "", one);
        return one?.counts ?? null;
      });
    },
  });

  return {
    async counts(key) {
      const counted = await counts.submit(key);
      if (counted) return counted;
      throw new AppError(
        "UNAVAILABLE",
        "The database was put back to an earlier state meanwhile. Try again.",
      );
    },
    recipients: (page) => queries.recipients(page),
  };
}

/** The same text for the same key. Ids hold no NUL, so no two keys are the same text. */
function keyOf({ conversationId, seq, audience }: StatusKey): string {
  const { self, seesReads, isNewRecipient = false } = audience;
  return [seq, self, seesReads, isNewRecipient, conversationId].join("\0");
}
