import type { Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import { AppError, notFound } from "../../foundation/errors.js";
import type { SeqSet } from "../../foundation/seq-set.js";
import type { Turns } from "../../foundation/turns.js";
import { newMessage, senderOf, type Draft } from "./draft.js";
import type { MessageQueries, NewMessage } from "./message-queries.js";
import { createMessageWriter, type Sent } from "./message-writer.js";

/** Sending. */
export interface SendService {
  /**
   * Stores a message once (R16, R17). Resolves when the message is durable.
   * @throws {AppError} NOT_FOUND where the sender is no participant, CONFLICT where the clientId
   * made another message, BAD_USER_INPUT, FORBIDDEN where a user names another as the sender
   */
  send(viewer: Viewer, draft: Draft): Promise<Sent>;
  /** How many messages wait for their batch. Those that wait apart, for a lock, are not among them. */
  inLanes(): number;
}

/** The messages of a conversation that a viewer may see; null where they see nothing of it. */
export type MayView = (
  viewer: Viewer,
  conversationId: string,
) => Promise<SeqSet | null>;

/** Makes the service that sends messages. */
export function createSendService({
  queries,
  bus,
  turns,
  mayView,
}: {
  queries: MessageQueries;
  bus: Bus;
  /** The turns of the node's statements that wait for locks. */
  turns: Turns;
  mayView: MayView;
}): SendService {
  const writer = createMessageWriter({ queries, bus, turns, isParticipant });

  async function isParticipant(message: NewMessage): Promise<boolean> {
    const sender = userNamed(message.senderId);
    return (await mayView(sender, message.conversationId)) !== null;
  }

  /** Refuses a sender other than the viewer. FORBIDDEN is only for viewers who see the conversation (R28). */
  async function refuseOthersName(
    viewer: Viewer,
    { conversationId }: NewMessage,
  ): Promise<never> {
    if (!(await mayView(viewer, conversationId)))
      throw notFound("conversation");
    throw new AppError("FORBIDDEN", "Only a service token sends for others.", {
      argumentPath: ["input", "senderId"],
    });
  }

  return {
    async send(viewer, draft) {
      const message = newMessage(senderOf(viewer, draft), draft);
      if (!viewer.isService && message.senderId !== viewer.userId)
        await refuseOthersName(viewer, message);
      const outcome = await writer.write(message);
      // A former participant is not told that they sent this message before (R3).
      const isPresent =
        outcome?.duplicate === false ||
        (outcome && (await isParticipant(message)));
      if (!outcome || !isPresent) throw notFound("conversation");
      if (outcome.contentDigest !== message.contentDigest)
        throw new AppError(
          "CONFLICT",
          "This clientId was used for another message.",
          { argumentPath: ["input", "clientId"] },
        );
      return outcome;
    },

    inLanes: writer.inLanes,
  };
}

/** A user as their own token would name them. */
function userNamed(userId: string): Viewer {
  return { userId, isService: false, expiresAtMs: Infinity };
}
