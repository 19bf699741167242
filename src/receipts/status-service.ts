import { Batcher } from "../batching/batcher.js";
import type { StatusCounts } from "./status.js";
import type {
  RecipientsPage,
  StatusKey,
  StatusQueries,
} from "./status-queries.js";

export type StatusService = ReturnType<typeof createStatusService>;

/** What became of messages, as an audience sees it. */
export function createStatusService({ queries }: { queries: StatusQueries }) {
  const counts = new Batcher<StatusKey, StatusCounts>({
    keyOf: ({ conversationId, seq, audience }) =>
      // Ids hold no NUL, so no two keys are the same text.
      [seq, audience.self, audience.seesReads, conversationId].join("\0"),
    concurrency: 4,
    maxBatch: 500,
    run: (keys) => queries.counts(keys),
  });

  return {
    /** A message's counts. What many operations ask for at once is one statement. */
    counts: (key: StatusKey): Promise<StatusCounts> => counts.submit(key),

    /** A page of a message's recipients by user id. */
    recipients: (page: RecipientsPage) => queries.recipients(page),
  };
}
