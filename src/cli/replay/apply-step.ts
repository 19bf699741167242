import { ApiError, type ApiClient, type Caller } from "./api-client.js";
import {
  addParticipants,
  bulkMarkRead,
  removeParticipant,
  sendMessage,
} from "./operations.js";
import type { Step } from "./plan.js";

/** The outcome of the steps applied so far. */
export interface Played {
  /** The id of each sent message: that of seq 1 at index 0. */
  messageIds: string[];
  marks: {
    sent: number;
    /** Marks that were answered with `changed: true`. */
    changed: number;
  };
}

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

/** Applies the steps of a plan in one conversation. */
export interface StepApplier {
  readonly played: Played;
  /**
   * Applies a step through the API. A step may be applied again: the `clientId` of a message is made
   * of the conversation and the line of the log.
   *
   * @throws {ApiError} where the API refuses the step
   * @throws {Error} where the conversation is not as the plan has it
   */
  apply(step: Step): Promise<void>;
}

/** Starts with nothing played. */
export function createStepApplier(
  api: ApiClient,
  conversationId: string,
): StepApplier {
  const played: Played = { messageIds: [], marks: { sent: 0, changed: 0 } };

  async function join({ userId }: Of<"join">): Promise<void> {
    const input = { conversationId, userIds: [userId] };
    await api.call({ kind: "service" }, addParticipants, { input });
  }

  async function leave({ userId }: Of<"leave">): Promise<void> {
    const input = { conversationId, userId };
    await api
      .call(user(userId), removeParticipant, { input })
      .catch(acceptAlreadyGone);
  }

  async function markUpTo({ userId, seq }: Of<"markUpTo">): Promise<void> {
    const upToMessageId = played.messageIds[seq - 1];
    if (upToMessageId === undefined)
      throw new Error(`message ${String(seq)} is not sent yet`);
    const input = { conversationId, upToMessageId };
    const answer = await api.call(user(userId), bulkMarkRead, { input });
    played.marks.sent += 1;
    if (answer.bulkMarkRead.changed) played.marks.changed += 1;
  }

  async function send({ userId, seq, line, text }: Of<"send">): Promise<void> {
    const clientId = `${conversationId}:${String(line)}`;
    const input = { conversationId, clientId, body: text };
    const answer = await api.call(user(userId), sendMessage, { input });
    const { message } = answer.sendMessage;
    if (message.seq !== seq)
      throw new Error(
        `stored as ${String(message.seq)}, not as ${String(seq)}: somebody else writes here`,
      );
    played.messageIds.push(message.id);
  }

  return {
    played,
    apply(step) {
      switch (step.kind) {
        case "join":
          return join(step);
        case "leave":
          return leave(step);
        case "markUpTo":
          return markUpTo(step);
        case "send":
          return send(step);
      }
    },
  };
}

function user(userId: string): Caller {
  return { kind: "user", userId };
}

/** Accepts NOT_FOUND at a repeated request to leave: the first request was applied, its answer lost. */
function acceptAlreadyGone(error: unknown): void {
  const wasGone =
    error instanceof ApiError &&
    error.code === "NOT_FOUND" &&
    error.attempts > 1;
  if (!wasGone) throw error;
}
