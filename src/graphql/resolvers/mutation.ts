import { conversationModel, messageModel } from "../models.js";
import type { MutationResolvers } from "../generated/resolvers.js";
import { checkKnownId } from "../../foundation/limits.js";
import { isGiven } from "../connection.js";
import { messageKey } from "../message-key.js";
import { lifecycleMutations } from "./lifecycle.js";
import { markMutations } from "./marks.js";
import { unreadMutations } from "./unread.js";

/** The resolvers of `Mutation`. */
export const Mutation: MutationResolvers = {
  async createConversation(_, { input }, { services, charged }) {
    const { id = null, title = null, clientId = null, participantIds } = input;
    const { observerIds = [], receiptPolicy = "FULL" } = input;
    await charged("conversations");
    const named = participantIds.length + observerIds.length;
    const caller = await charged("additions", named);
    return {
      conversation: conversationModel(
        await services.conversations.create(caller, {
          id,
          title,
          participantIds,
          observerIds,
          receiptPolicy,
          clientId,
        }),
      ),
    };
  },

  async addParticipants(
    _,
    { input: { conversationId, userIds, participation = "RECIPIENT" } },
    { services, charged },
  ) {
    const caller = await charged("additions", userIds.length);
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    const added = await services.conversations.add(
      caller,
      conversationId,
      userIds,
      participation,
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
    const { countsAsUnread = true, mentionsAll = false } = input;
    const draft = {
      ...{ conversationId, clientId, body, type, fileType, senderId },
      ...{ countsAsUnread, mentionsAll },
      mentionedUserIds: input.mentionedUserIds ?? [],
    };
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

  ...markMutations,
  ...unreadMutations,

  async setReadReceipts(_, { input: { enabled } }, { services, viewer }) {
    const { userId } = viewer();
    await services.users.setReadReceipts(userId, enabled);
    return { viewer: { id: userId } };
  },

  async updateConversation(_, { input }, { services, viewer }) {
    const caller = viewer();
    const { conversationId, title, receiptPolicy } = input;
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    await services.conversations.update(caller, conversationId, {
      ...(title !== undefined && { title }),
      ...(isGiven(receiptPolicy) && { receiptPolicy }),
    });
    return { conversation: { id: conversationId } };
  },

  async setParticipation(
    _,
    { input: { conversationId, userId, participation } },
    { services, viewer },
  ) {
    const caller = viewer();
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    checkKnownId(["input", "userId"], userId, "participant");
    await services.conversations.setParticipation(
      caller,
      conversationId,
      userId,
      participation,
    );
    return {
      conversation: { id: conversationId },
      participant: { conversationId, userId },
    };
  },
  ...lifecycleMutations,
};
