import type { MessageModel } from "../models.js";
import type { Context } from "../context.js";
import {
  encodeListCursor,
  recipientList,
  userIdAfter,
} from "../list-cursor.js";
import type {
  MessageAddedResolvers,
  MessageResolvers,
  MessageStatusResolvers,
  RecipientStatusResolvers,
} from "../generated/resolvers.js";
import {
  encodeMessageId,
  type MessageKey,
} from "../../domain/messages/message-id.js";
import { keyOf } from "../../domain/messages/message.js";
import {
  countIn,
  overallStatus,
  statusText,
  summaryText,
} from "../../domain/receipts/status.js";
import type { MessageForUser } from "../../domain/unread/message-queries.js";
import { checkCount, limits } from "../../foundation/limits.js";
import { forwardConnection, isGiven } from "../connection.js";

const rowOf = (message: MessageModel, { services }: Context) =>
  message.row ?? services.messages.get(message);

async function keyOfMessage(
  message: MessageModel,
  context: Context,
): Promise<MessageKey> {
  const { conversationId, seq, sentMs } = message;
  return sentMs === undefined
    ? keyOf(await rowOf(message, context))
    : { conversationId, seq, sentMs };
}

/** What a message is to the viewer; null for a service token, to which nothing is unread. */
async function forViewer(
  { conversationId, seq }: MessageModel,
  { services, viewer }: Context,
): Promise<MessageForUser | null> {
  const { userId, isService } = viewer();
  return isService
    ? null
    : services.unread.ofMessage({ conversationId, seq, userId });
}

/** The resolvers of `Message`. Its row is read only for a field that the row alone can answer. */
export const Message: MessageResolvers = {
  id: async (message, _, context) =>
    encodeMessageId(await keyOfMessage(message, context)),
  clientId: async (message, _, context) =>
    (await rowOf(message, context)).clientId,
  conversation: ({ conversationId, conversation }) =>
    conversation ?? { id: conversationId },
  sender: async (message, _, context) => ({
    id: (await rowOf(message, context)).senderId,
  }),
  body: async (message, _, context) => (await rowOf(message, context)).body,
  type: async (message, _, context) => (await rowOf(message, context)).type,
  fileType: async (message, _, context) =>
    (await rowOf(message, context)).fileType,
  sentAt: async (message, _, context) => (await rowOf(message, context)).sentAt,
  deletedAt: async (message, _, context) =>
    (await rowOf(message, context)).deletedAt,
  countsAsUnread: async ({ conversationId, seq }, _, { services }) => {
    const asked = { conversationId, seq, userId: null };
    return !(await services.unread.ofMessage(asked)).isSilent;
  },
  mentionsViewer: async (message, _, context) =>
    (await forViewer(message, context))?.isMention ?? false,
  isUnread: async (message, _, context) =>
    (await forViewer(message, context))?.isUnread ?? false,
  async status(message, _, { services, audience }) {
    const { conversationId, seq } = message;
    const counts = await services.statuses.counts({
      conversationId,
      seq,
      audience: audience(),
    });
    return { ...message, counts };
  },
};

/** `MessageAdded` needs no resolvers: its fields are properties. */
export const MessageAdded: MessageAddedResolvers = {};

/** The resolvers of `MessageStatus`. Every field but `recipients` follows from the counts. */
export const MessageStatus: MessageStatusResolvers = {
  id: async (status, _, context) =>
    encodeMessageId(await keyOfMessage(status, context)),
  overallStatus: ({ counts }) => overallStatus(counts),
  totalRecipients: ({ counts }) => counts.total,
  deliveredCount: ({ counts }) => counts.delivered,
  readCount: ({ counts }) => counts.read,
  summaryText: ({ counts }) => summaryText(counts),
  receiptPolicy: ({ counts }) => counts.policy,
  async recipients(
    { conversationId, seq, counts },
    { first, after, state = null },
    { services, audience },
  ) {
    checkCount(["first"], first, limits.recipientsPage);
    const afterUserId = await userIdAfter(services, recipientList, after);
    const rows = await services.statuses.recipients({
      conversationId,
      seq,
      audience: audience(),
      state,
      afterUserId,
      limit: first + 1,
    });
    const page = forwardConnection(
      rows,
      first,
      ({ userId }) =>
        encodeListCursor(services.seal, recipientList, "r1", userId),
      isGiven(after),
    );
    return { ...page, totalCount: countIn(counts.listed, state) };
  },
};

/** The resolvers of `RecipientStatus`. */
export const RecipientStatus: RecipientStatusResolvers = {
  id: ({ conversationId, seq, userId }) =>
    Buffer.from(JSON.stringify([seq, conversationId, userId])).toString(
      "base64url",
    ),
  user: ({ userId }) => ({ id: userId }),
  statusText: ({ state }) => statusText(state),
};
