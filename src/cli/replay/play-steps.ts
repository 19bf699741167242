import type { ApiClient, Caller } from "./api-client.js";
import { ApiError } from "./api-client.js";
import {
  addParticipants,
  bulkMarkRead,
  removeParticipant,
  sendMessage,
} from "./operations.js";
import type { ReplayPlan, Step } from "./plan.js";
import { ReplayError, reasonOf } from "./replay-error.js";

/** What the steps came to. */
export interface Played {
  /** By seq, from index 0. */
  messageIds: string[];
  marks: {
    sent: number;
    /** Answered with `changed: true`. */
    changed: number;
  };
}

const maxInFlight = 32;

/**
 * Applies a plan's steps through the API, as concurrently as leaves the outcome exact:
 *
 * - Messages go one at a time, in order, each by its speaker: their order is their `seq`.
 * - Who joined or left before a message has done so before it is sent, since that decides who its
 *   recipients are. Joins and parts between two messages go side by side.
 * - Each user's joins, parts and marks keep their order. So every mark finds its user in the
 *   conversation, and `changed` is as it would be one by one.
 * - Marks hold nothing else back: they reach up to a given message, and not further for being late.
 *
 * Every step bears being repeated: a `clientId` is made of the conversation and the log's line.
 *
 * @throws {ReplayError} naming the line of the first step that failed; later ones are not begun
 */
export async function playSteps(options: {
  api: ApiClient;
  plan: ReplayPlan;
  conversationId: string;
  onProgress: (done: number, total: number) => void;
}): Promise<Played> {
  const { api, plan, conversationId, onProgress } = options;
  const messageIds: string[] = [];
  const marks = { sent: 0, changed: 0 };
  const lastOfUser = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  const membership = new Set<Promise<void>>();
  let done = 0;
  const failures: ReplayError[] = [];

  for (const step of plan.steps) {
    while (running.size >= maxInFlight) await Promise.race(running);
    if (failures.length > 0) break;
    switch (step.kind) {
      case "send":
        await Promise.all(membership);
        await settle(step);
        break;
      case "join":
      case "leave":
        inUsersOrder(step, membership);
        break;
      case "markUpTo":
        inUsersOrder(step);
        break;
    }
  }
  await Promise.all(running);
  const [failure] = failures;
  if (failure) throw failure;
  return { messageIds, marks };

  function inUsersOrder(step: Step, alsoIn?: Set<Promise<void>>): void {
    const before = lastOfUser.get(step.userId) ?? Promise.resolve();
    const task = before
      .then(() => settle(step))
      .finally(() => {
        running.delete(task);
        alsoIn?.delete(task);
      });
    lastOfUser.set(step.userId, task);
    running.add(task);
    alsoIn?.add(task);
  }

  /** Never rejects: failures are kept, and drop the steps not yet begun. */
  async function settle(step: Step): Promise<void> {
    if (failures.length > 0) return;
    try {
      await apply(step);
      done += 1;
      onProgress(done, plan.steps.length);
    } catch (error) {
      failures.push(
        new ReplayError(
          `${step.kind} of ${step.userId}: ${reasonOf(error)}`,
          step.line,
          error,
        ),
      );
    }
  }

  async function apply(step: Step): Promise<void> {
    const { userId } = step;
    const user: Caller = { kind: "user", userId };
    switch (step.kind) {
      case "join": {
        const input = { conversationId, userIds: [userId] };
        await api.call({ kind: "service" }, addParticipants, { input });
        return;
      }
      case "leave": {
        const input = { conversationId, userId };
        await api
          .call(user, removeParticipant, { input })
          .catch(acceptAlreadyGone);
        return;
      }
      case "markUpTo": {
        const upToMessageId = messageIds[step.seq - 1];
        if (upToMessageId === undefined)
          throw new Error(`message ${String(step.seq)} is not sent yet`);
        const input = { conversationId, upToMessageId };
        const answer = await api.call(user, bulkMarkRead, { input });
        marks.sent += 1;
        if (answer.bulkMarkRead.changed) marks.changed += 1;
        return;
      }
      case "send": {
        const clientId = `${conversationId}:${String(step.line)}`;
        const input = { conversationId, clientId, body: step.text };
        const { message } = (await api.call(user, sendMessage, { input }))
          .sendMessage;
        if (message.seq !== step.seq)
          throw new Error(
            `stored as ${String(message.seq)}, not as ${String(step.seq)}: somebody else writes here`,
          );
        messageIds.push(message.id);
      }
    }
  }
}

/** A part whose answer was lost, and which is then no longer possible, was applied. */
function acceptAlreadyGone(error: unknown): void {
  const wasGone =
    error instanceof ApiError &&
    error.code === "NOT_FOUND" &&
    error.attempts > 1;
  if (!wasGone) throw error;
}
