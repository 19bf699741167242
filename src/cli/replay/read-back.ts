import type { ApiClient, Caller } from "./api-client.js";
import {
  message,
  newestSeq,
  participants,
  unreadCount,
  type ParticipantPage,
} from "./operations.js";
import {
  evenlySpread,
  type ReplayReport,
  type SampledMessage,
  type UnreadOf,
} from "./report.js";

const samples = 5;
const maxInFlight = 32;

/**
 * Reads the final state from the API: the unread count of each active participant, with the token of
 * that participant, and messages as the observer sees them, who was there throughout.
 *
 * @throws {ApiError}
 */
export async function readBack(options: {
  api: ApiClient;
  conversationId: string;
  observer: Caller;
  /** The id of each message: that of seq 1 at index 0. */
  messageIds: readonly string[];
}): Promise<
  Pick<ReplayReport, "messages" | "activeParticipants" | "unread" | "samples">
> {
  const { api, conversationId: id, observer, messageIds } = options;
  const { conversation } = await api.call(observer, newestSeq, { id });
  const present = await everyonePresent(api, id);
  const unread = await inParallel(present, async ({ user }) => {
    const caller: Caller = { kind: "user", userId: user.id };
    const answer = await api.call(caller, unreadCount, { id });
    return { userId: user.id, unreadCount: answer.conversation.unreadCount };
  });
  const sampledIds = evenlySpread(messageIds.length, samples).flatMap(
    (seq) => messageIds[seq - 1] ?? [],
  );
  return {
    messages: conversation.messages.nodes[0]?.seq ?? 0,
    activeParticipants: present.length,
    unread: unread.sort(mostUnreadFirst),
    samples: await inParallel(sampledIds, (messageId) =>
      sampled(api, observer, messageId),
    ),
  };
}

async function everyonePresent(
  api: ApiClient,
  id: string,
): Promise<ParticipantPage["nodes"]> {
  const present: ParticipantPage["nodes"] = [];
  let after: string | null = null;
  do {
    const page = await participantPage(api, id, after);
    present.push(...page.nodes.filter(({ isActive }) => isActive));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return present;
}

async function participantPage(
  api: ApiClient,
  id: string,
  after: string | null,
): Promise<ParticipantPage> {
  const service: Caller = { kind: "service" };
  const variables = { id, after };
  const answer = await api.call(service, participants, variables);
  return answer.conversation.participants;
}

async function sampled(
  api: ApiClient,
  viewer: Caller,
  id: string,
): Promise<SampledMessage> {
  const { message: found } = await api.call(viewer, message, { id });
  const { summaryText, totalRecipients, deliveredCount, readCount } =
    found.status;
  return {
    seq: found.seq,
    senderId: found.sender.id,
    summaryText,
    totalRecipients,
    deliveredCount,
    readCount,
  };
}

/** Works on several items at once. The results are in the order of the items; the first failure rejects. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += maxInFlight)
    results.push(
      ...(await Promise.all(items.slice(from, from + maxInFlight).map(work))),
    );
  return results;
}

function mostUnreadFirst(a: UnreadOf, b: UnreadOf): number {
  if (a.unreadCount !== b.unreadCount) return b.unreadCount - a.unreadCount;
  return a.userId < b.userId ? -1 : 1;
}
