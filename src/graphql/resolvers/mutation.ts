import { conversationModel, messageModel } from "../models.js";
import { badInput, notFound } from "../../foundation/errors.js";
import { encodeCursor } from "../../stream/cursor.js";
import type { MutationResolvers, ReceiptKind } from "../generated/resolvers.js";
import {
  decodeMessageId,
  type MessageRef,
} from "../../domain/messages/message-id.js";
import type { Marked } from "../../domain/receipts/receipt-service.js";
import { refusalOf } from "../../domain/receipts/receipt-service.js";
import {
  checkIdLength,
  checkKnownId,
  limits,
} from "../../foundation/limits.js";
import type { Services } from "../../services.js";
import type { Context } from "../context.js";

/** `Mutation`. */
export const Mutation: MutationResolvers = {
  async createConversation(_, { input }, { services, viewer }) {
    const { id = null, title = null, participantIds } = input;
    return {
      conversation: conversationModel(
        await services.conversations.create(viewer(), {
          id,
          title,
          participantIds,
        }),
      ),
    };
  },

  async addParticipants(
    _,
    { input: { conversationId, userIds } },
    { services, viewer },
  ) {
    const asks = viewer();
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    const added = await services.conversations.add(
      asks,
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
    const asks = viewer();
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    checkKnownId(["input", "userId"], userId, "participant");
    const row = await services.conversations.removeParticipant(
      asks,
      conversationId,
      userId,
    );
    const isLeft = !asks.isService && userId === asks.userId;
    return { conversation: { ...conversationModel(row), isLeft } };
  },

  async sendMessage(_, { input }, { services, viewer }) {
    const { conversationId, clientId, type = "text" } = input;
    const { body = null, fileType = null, senderId = null } = input;
    const draft = { conversationId, clientId, body, type, fileType, senderId };
    const { message, duplicate } = await services.messages.send(
      viewer(),
      draft,
    );
    return { message: messageModel(message), duplicate };
  },

  async deleteMessage(_, { input: { messageId } }, { services, viewer }) {
    return {
      message: messageModel(
        await services.messages.deleteMessage(viewer(), placeOf(messageId)),
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

  async syncReceipts(_, { input: { receipts } }, { services, viewer }) {
    const asks = viewer();
    if (receipts.length > limits.syncedMarks)
      throw badInput(
        ["input", "receipts"],
        `must be at most ${limits.syncedMarks}.`,
      );
    const results = await Promise.all(
      receipts.map(async ({ messageId, kind, upTo = false }) => {
        try {
          const { changed } = await services.receipts.mark(
            asks,
            kind,
            placeOf(messageId),
            { upTo },
          );
          return { messageId, kind, changed, error: null };
        } catch (error) {
          return { messageId, kind, changed: false, error: refusalOf(error) };
        }
      }),
    );
    return { results };
  },

  async setReadReceipts(_, { input: { enabled } }, { services, viewer }) {
    const { userId } = viewer();
    await services.users.setReadReceipts(userId, enabled);
    return { viewer: { id: userId } };
  },
};

async function markOne(
  { services, viewer }: Context,
  kind: ReceiptKind,
  messageId: string,
) {
  const asks = viewer();
  const place = placeOf(messageId);
  const marked = await services.receipts.mark(asks, kind, place, {
    upTo: false,
  });
  return {
    message: {
      ...place,
      conversation: { id: place.conversationId, position: marked.position },
    },
    changed: marked.changed,
    cursor: cursorAfter(services, place, marked),
  };
}

async function markUpTo(
  { services, viewer }: Context,
  kind: ReceiptKind,
  {
    conversationId,
    upToMessageId,
  }: { conversationId: string; upToMessageId: string },
) {
  const asks = viewer();
  checkKnownId(["input", "conversationId"], conversationId, "conversation");
  const place = placeOf(upToMessageId, "upToMessageId");
  if (place.conversationId !== conversationId) throw notFound("message");
  const marked = await services.receipts.mark(asks, kind, place, {
    upTo: true,
  });
  return {
    conversation: { id: conversationId, position: marked.position },
    changed: marked.changed,
    cursor: cursorAfter(services, place, marked),
  };
}

/** Ids that we made may be longer than ids that clients make, for they carry one. */
function placeOf(messageId: string, argument = "messageId"): MessageRef {
  const place = decodeMessageId(messageId);
  if (place) return place;
  checkIdLength(["input", argument], messageId);
  throw notFound("message");
}

function cursorAfter(
  { horizon }: Services,
  { conversationId }: MessageRef,
  { position }: Marked,
): string {
  const { version, lastSeq, atMs } = position;
  return encodeCursor({
    atMs: horizon.settledAt(atMs),
    place: { conversationId, version, lastSeq },
  });
}
