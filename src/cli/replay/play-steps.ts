import type { ApiClient } from "./api-client.js";
import { createStepApplier, type Played } from "./apply-step.js";
import type { ReplayPlan, Step } from "./plan.js";
import { ReplayError, reasonOf } from "./replay-error.js";

const maxInFlight = 32;

/**
 * Applies a plan's steps through the API, with as many at once as keep the outcome exact:
 *
 * - Messages are sent one at a time, in order, each by its speaker: their order is their `seq`.
 * - A join or part before a message is done before the message is sent, because it decides who the
 *   recipients are. Joins and parts between two messages go side by side.
 * - The joins, parts and marks of one user keep their order. So every mark finds its user in the
 *   conversation, and `changed` is the same as one by one.
 * - No other step waits for a mark: a mark reaches up to a given message, also when it is late.
 *
 * @throws {ReplayError} naming the line of the first step that failed; later steps are not begun
 */
export async function playSteps(options: {
  api: ApiClient;
  plan: ReplayPlan;
  conversationId: string;
  onProgress: (done: number, total: number) => void;
}): Promise<Played> {
  const { api, plan, conversationId, onProgress } = options;
  const { played, apply } = createStepApplier(api, conversationId);
  const lastOfUser = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  const membership = new Set<Promise<void>>();
  const failures: ReplayError[] = [];
  let done = 0;

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
  return played;

  /** Begins a step when the user's step before it has ended. */
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

  /** Applies a step. Never rejects: a failure is kept, and the steps not yet begun are dropped. */
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
}
