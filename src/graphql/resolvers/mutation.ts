import type { Viewer } from "../../auth/viewer.js";
import { conversationModel, messageModel } from "../models.js";
import { badInput, notFound } from "../../foundation/errors.js";
import type { MessageKey } from "../../domain/messages/message-id.js";
import type { Services } from "../../services.js";
import type {
  MutationResolvers,
  ReceiptErrorCode,
  ReceiptInput,
  ReceiptKind,
} from "../generated/resolvers.js";
import { refusalOf } from "../../domain/receipts/receipt-service.js";
import {
  checkIdLength,
  checkKnownId,
  limits,
} from "../../foundation/limits.js";
import { isGiven } from "../connection.js";
import type { Context } from "../context.js";
import { messageKey } from "../message-key.js";
import { cursorAt, seenVersion } from "../stream-cursor.js";
import { lifecycleMutations } from "./lifecycle.js";
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

  markDelivered: (_, { input }, context) =>
    markOne(context, "DELIVERED", input),
  markRead: (_, { input }, context) => markOne(context, "READ", input),
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
    const results = await holding("marks", receipts.length, async () => {
      // What the items name comes first, so that they are marked in their order whatever is looked up.
      const named = await Promise.all(
        receipts.map((receipt) => namedBy(services, receipt)),
      );
      return Promise.all(
        receipts.map((receipt, i) =>
          markInTurn(services, caller, receipt, named[i]),
        ),
      );
    });
    return { results };
  },

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

/** What an item of `syncReceipts` names, or the code that it is refused with (R30). */
type Named =
  | { readonly message: MessageKey; readonly seen: number | null }
  | { readonly error: ReceiptErrorCode };

async function namedBy(
  services: Services,
  { messageId, seen }: ReceiptInput,
): Promise<Named> {
  try {
    const message = messageKey(messageId);
    const { conversationId } = message;
    const path = ["input", "receipts", "seen"];
    return {
      message,
      seen: await seenVersion(services, conversationId, seen, path),
    };
  } catch (error) {
    return { error: refusalOf(error) };
  }
}

/** One mark of `syncReceipts`: a refusal is answered in its place (R30). */
async function markInTurn(
  { receipts }: Services,
  caller: Viewer,
  { messageId, kind, upTo = false }: ReceiptInput,
  named: Named = { error: "NOT_FOUND" },
) {
  const refused = (error: ReceiptErrorCode) => ({
    ...{ messageId, kind, changed: false, error },
  });
  if ("error" in named) return refused(named.error);
  const { message, seen } = named;
  try {
    const how = { upTo, seen };
    const { changed } = await receipts.mark(caller, kind, message, how);
    return { messageId, kind, changed, error: null };
  } catch (error) {
    return refused(refusalOf(error));
  }
}

/** What reads take beside deliveries. */
interface MarkInput {
  readonly seen?: string | null | undefined;
}

async function markOne(
  { services, charged }: Context,
  kind: ReceiptKind,
  { messageId, seen: cursor = null }: MarkInput & { messageId: string },
) {
  const caller = await charged("marks");
  const message = messageKey(messageId);
  const { conversationId } = message;
  const path = ["input", "seen"];
  const seen = await seenVersion(services, conversationId, cursor, path);
  const { changed, position } = await services.receipts.mark(
    caller,
    kind,
    message,
    { upTo: false, seen },
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
    seen: cursor = null,
  }: MarkInput & { conversationId: string; upToMessageId: string },
) {
  const caller = await charged("marks");
  checkKnownId(["input", "conversationId"], conversationId, "conversation");
  const message = messageKey(upToMessageId, "upToMessageId");
  if (message.conversationId !== conversationId) throw notFound("message");
  const path = ["input", "seen"];
  const seen = await seenVersion(services, conversationId, cursor, path);
  const { changed, position } = await services.receipts.mark(
    caller,
    kind,
    message,
    { upTo: true, seen },
  );
  return {
    conversation: { id: conversationId, position },
    changed,
    cursor: cursorAt(services, conversationId, position),
  };
}
