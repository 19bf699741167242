import {
  ApiError,
  createApiClient,
  type ApiClient,
  type Caller,
  type Tokens,
} from "./api-client.js";
import {
  addParticipants,
  changesAfter,
  conversationCursor,
  createConversation,
} from "./operations.js";
import type { ReplayPlan } from "./plan.js";
import { playSteps } from "./play-steps.js";
import { readBack } from "./read-back.js";
import { ReplayError } from "./replay-error.js";
import type { ReplayReport } from "./report.js";
import { subscribe } from "./subscriber.js";

/** The plan of a replay, and the server. */
export interface ReplayOptions {
  plan: ReplayPlan;
  /** `http(s)://…/graphql`; subscriptions go to the same address. */
  endpoint: URL;
  tokens: Tokens;
  /** The id of a new conversation: 100 characters at most, because each `clientId` begins with it. */
  conversationId: string;
  /** The conversation's title; its id where there is none. */
  title?: string;
  /** Called after each step, with `done` one larger each time. Steps end in any order. */
  onProgress: (done: number, total: number) => void;
}

/**
 * The owner of every replayed conversation, present from the start. The observer never marks, receives
 * every message, and sees every change.
 */
export const observerId = "replay-observer";

// 500 ids of 128 characters stay far below what a request may weigh.
const participantsPerRequest = 500;

/**
 * Replays a plan through the public API, as a client: the service token makes the conversation and
 * adds who joins; each user sends, marks and leaves with their own token, over HTTP. Meanwhile the
 * observer listens over a socket, and the replay ends when the observer has received everything.
 *
 * @throws {ReplayError} with the line of the log, where a step failed
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { plan, conversationId, onProgress, endpoint } = options;
  const observer: Caller = { kind: "user", userId: observerId };
  const api = createApiClient(endpoint, options.tokens);
  try {
    const startedMs = performance.now();
    const after = await openConversation(api, options, observer);
    const subscriber = subscribe({
      endpoint,
      token: () => api.tokenOf(observer),
      conversationId,
      after,
    });
    try {
      const played = await playSteps({ api, plan, conversationId, onProgress });
      await subscriber.caughtUp(plan.messages, (cursor) =>
        isNewest(api, observer, conversationId, cursor),
      );
      const tookMs = performance.now() - startedMs;
      const { messageIds, marks } = played;
      const events = subscriber.counts();
      const state = await readBack({
        api,
        conversationId,
        observer,
        messageIds,
      });
      const participantsEver = countParticipants(plan);
      return {
        conversationId,
        participantsEver,
        ...state,
        marks,
        events,
        tookMs,
      };
    } finally {
      await subscriber.close();
    }
  } catch (error) {
    if (error instanceof ApiError)
      throw new ReplayError(error.message, null, error);
    throw error;
  } finally {
    api.close();
  }
}

/** Creates the conversation. @returns its first cursor */
async function openConversation(
  api: ApiClient,
  options: ReplayOptions,
  observer: Caller,
): Promise<string> {
  const { plan, conversationId, title = conversationId } = options;
  const everyone = [observerId, ...plan.initial];
  const participantIds = everyone.slice(0, participantsPerRequest);
  await api.call({ kind: "service" }, createConversation, {
    input: { id: conversationId, title, participantIds },
  });
  for (
    let from = participantsPerRequest;
    from < everyone.length;
    from += participantsPerRequest
  ) {
    const userIds = everyone.slice(from, from + participantsPerRequest);
    await api.call({ kind: "service" }, addParticipants, {
      input: { conversationId, userIds },
    });
  }
  const { conversation } = await api.call(observer, conversationCursor, {
    id: conversationId,
  });
  return conversation.cursor;
}

/** How many people are ever in the conversation, the observer included. */
function countParticipants({ initial, steps }: ReplayPlan): number {
  const joined = steps.filter(({ kind }) => kind === "join");
  const userIds = joined.map(({ userId }) => userId);
  return new Set([observerId, ...initial, ...userIds]).size;
}

/** Whether the API knows no change of status after a cursor. */
async function isNewest(
  api: ApiClient,
  observer: Caller,
  id: string,
  after: string,
): Promise<boolean> {
  const { statusChanges } = await api.call(observer, changesAfter, {
    id,
    after,
  });
  return statusChanges.nodes.length === 0;
}
