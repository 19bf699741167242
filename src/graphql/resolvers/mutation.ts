import type { Viewer } from "../../auth/viewer.js";
import { conversationModel, messageModel } from "../models.js";
import { badInput, notFound } from "../../foundation/errors.js";
import type {
  MutationResolvers,
  ReceiptInput,
  ReceiptKind,
} from "../generated/resolvers.js";
import {
  decodeMessageId,
  type MessageKey,
} from "../../domain/messages/message-id.js";
import { refusalOf } from "../../domain/receipts/receipt-service.js";
import {
  checkIdLength,
  checkKnownId,
  limits,
} from "../../foundation/limits.js";
import type { Context } from "../context.js";
import { cursorAt } from "../stream-cursor.js";

/** The resolvers of `Mutation`. */
export const Mutation: MutationResolvers = {
  async createConversation(_, { input }, { services, charged }) {
    const { id = null, title = null, clientId = null, participantIds } = input;
    await charged("conversations");
    const caller = await charged("additions", participantIds.length);
    return {
      conversation: conversationModel(
        await services.conversations.create(caller, {
          id,
          title,
          participantIds,
          clientId,
        }),
      ),
    };
  },

  async addParticipants(
    _,
    { input: { conversationId, userIds } },
    { services, charged },
  ) {
    const caller = await charged("additions", userIds.length);
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    const added = await services.conversations.add(
      caller,
      conversationId,
      userIds,
    );
    return {
      conversation: { id: conversationId },
      added: added.map((row) => ({ conversationId, userId: row.userId, row })),
    };
  },

  async removeParticipant(
    _,
    { input: { conversationId, userId } },
    { services, viewer },
  ) {
    const caller = viewer();
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    checkKnownId(["input", "userId"], userId, "participant");
    const row = await services.conversations.removeParticipant(
      caller,
      conversationId,
      userId,
    );
    const isLeft = !caller.isService && userId === caller.userId;
    return { conversation: { ...conversationModel(row), isLeft } };
  },

  async sendMessage(_, { input }, { services, charged }) {
    const { conversationId, clientId, type = "text" } = input;
    const { body = null, fileType = null, senderId = null } = input;
    const draft = { conversationId, clientId, body, type, fileType, senderId };
    const caller = await charged("sends");
    const { message, duplicate } = await services.messages.send(caller, draft);
    return { message: messageModel(message), duplicate };
  },

  async deleteMessage(_, { input: { messageId } }, { services, viewer }) {
    return {
      message: messageModel(
        await services.messages.deleteMessage(viewer(), messageKey(messageId)),
      ),
    };
  },

  markDelivered: (_, { input }, context) =>
    markOne(context, "DELIVERED", input.messageId),
  markRead: (_, { input }, context) =>
    markOne(context, "READ", input.messageId),
  bulkMarkDelivered: (_, { input }, context) =>
    markUpTo(context, "DELIVERED", input),
  bulkMarkRead: (_, { input }, context) => markUpTo(context, "READ", input),

  async syncReceipts(
    _,
    { input: { receipts } },
    { services, viewer, charged, holding },
  ) {
    const caller = viewer();
    if (receipts.length > limits.syncedMarks)
      throw badInput(
        ["input", "receipts"],
        `must be at most ${limits.syncedMarks}.`,
      );
    await charged("marks", receipts.length);
    const results = await holding("marks", receipts.length, () =>
      Promise.all(
        receipts.map((receipt) => markInTurn(services, caller, receipt)),
      ),
    );
    return { results };
  },

  async setReadReceipts(_, { input: { enabled } }, { services, viewer }) {
    const { userId } = viewer();
    await services.users.setReadReceipts(userId, enabled);
    return { viewer: { id: userId } };
  },
};

/** One mark of `syncReceipts`: a refusal is answered in its place (R30). */
async function markInTurn(
  { receipts }: Context["services"],
  caller: Viewer,
  { messageId, kind, upTo = false }: ReceiptInput,
) {
  try {
    const message = messageKey(messageId);
    const { changed } = await receipts.mark(caller, kind, message, { upTo });
    return { messageId, kind, changed, error: null };
  } catch (error) {
    return { messageId, kind, changed: false, error: refusalOf(error) };
  }
}

async function markOne(
  { services, charged }: Context,
  kind: ReceiptKind,
  messageId: string,
) {
  const caller = await charged("marks");
  const message = messageKey(messageId);
  const { conversationId } = message;
  const { changed, position } = await services.receipts.mark(
    caller,
    kind,
    message,
    { upTo: false },
  );
  return {
    message: { ...message, conversation: { id: conversationId, position } },
    changed,
    cursor: cursorAt(services, conversationId, position),
  };
}

async function markUpTo(
  { services, charged }: Context,
  kind: ReceiptKind,
  {
    conversationId,
    upToMessageId,
  }: { conversationId: string; upToMessageId: string },
) {
  const caller = await charged("marks");
  checkKnownId(["input", "conversationId"], conversationId, "conversation");
  const message = messageKey(upToMessageId, "upToMessageId");
  if (message.conversationId !== conversationId) throw notFound("message");
  const { changed, position } = await services.receipts.mark(
    caller,
    kind,
    message,
    { upTo: true },
  );
  return {
    conversation: { id: conversationId, position },
    changed,
    cursor: cursorAt(services, conversationId, position),
  };
}

/**
 * Decodes a message id. A message id contains the id of its conversation, so a message id may be
 * longer than the limit for ids that clients make.
 * @throws {AppError} NOT_FOUND for text that is no message id, BAD_USER_INPUT where the text is too long
 */
function messageKey(messageId: string, argument = "messageId"): MessageKey {
  const message = decodeMessageId(messageId);
  if (message) return message;
  checkIdLength(["input", argument], messageId);
  throw notFound("message");
}
