import { messageModel } from "../models.js";
import type {
  MessageStatusChangeResolvers,
  ReceiptResolvers,
} from "../generated/resolvers.js";
import { checkCount, limits } from "../../foundation/limits.js";

/** `Receipt` needs no resolvers: its fields are properties. */
export const Receipt: ReceiptResolvers = {};

/** The resolvers of `MessageStatusChange`. */
export const MessageStatusChange: MessageStatusChangeResolvers = {
  conversation: ({ conversationId, position }) => ({
    id: conversationId,
    position,
  }),
  messageCount: (change, _, { services }) => services.view.messageCount(change),
  async messages(change, { last }, { services }) {
    checkCount(["last"], last, limits.page);
    return (await services.view.messages(change, last)).map(messageModel);
  },
};
