import { Batcher } from "../../foundation/batcher.js";
import type { StatusCounts } from "./status.js";
import type {
  CountedStatus,
  RecipientsPage,
  StatusKey,
  StatusQueries,
} from "./status-queries.js";

export type StatusService = ReturnType<typeof createStatusService>;

/** Counting fewer recipients than this costs less than remembering them. */
const worthRemembering = 100;
const mostRemembered = 10_000;

/** What became of messages, as an audience sees it. */
export function createStatusService({ queries }: { queries: StatusQueries }) {
  /** Counts of large conversations, the longest remembered first: good for as long as their version stands. */
  const remembered = new Map<string, CountedStatus>();

  function remember(key: string, counted: CountedStatus): void {
    remembered.delete(key);
    if (counted.counts.total < worthRemembering) return;
    remembered.set(key, counted);
    const [oldest] = remembered.keys();
    if (remembered.size > mostRemembered && oldest !== undefined)
      remembered.delete(oldest);
  }

  const counts = new Batcher<StatusKey, StatusCounts>({
    keyOf,
    concurrency: 4,
    maxBatch: 500,
    async run(keys) {
      const names = keys.map(keyOf);
      const known = names.map((name) => remembered.get(name) ?? null);
      const counted = await queries.counts(keys, known);
      return counted.map((one, i) => {
        if (one !== known[i]) remember(names[i] ?? "", one);
        return one.counts;
      });
    },
  });

  return {
    /** Forgets all counts: the database began a new timeline, in which versions are given out again. */
    forget: () => {
      remembered.clear();
    },

    /**
     * A message's counts. What many operations ask for at once is one statement; recipients are
     * counted again only where something in the conversation has changed.
     */
    counts: (key: StatusKey): Promise<StatusCounts> => counts.submit(key),

    /** A page of a message's recipients by user id. */
    recipients: (page: RecipientsPage) => queries.recipients(page),
  };
}

/** Ids hold no NUL, so no two keys are the same text. */
function keyOf({ conversationId, seq, audience }: StatusKey): string {
  return [seq, audience.self, audience.seesReads, conversationId].join("\0");
}
