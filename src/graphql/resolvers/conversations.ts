import {
  messageModel,
  type ConversationModel,
  type ParticipantModel,
} from "../models.js";
import type { Context } from "../context.js";
import type { ViewedConversation } from "../../domain/conversations/conversation.js";
import type { ParticipantRow } from "../../domain/conversations/participant.js";
import {
  seesOthersReads,
  shownDeliveredUpToSeq,
  shownReadUpToSeq,
} from "../../domain/receipts/privacy.js";
import { notFound } from "../../foundation/errors.js";
import {
  encodeListCursor,
  messageList,
  participantList,
  userIdAfter,
} from "../list-cursor.js";
import type {
  ConversationResolvers,
  ParticipantResolvers,
} from "../generated/resolvers.js";
import { SeqSet } from "../../foundation/seq-set.js";
import { checkCount, limits } from "../../foundation/limits.js";
import { connection, forwardConnection, isGiven } from "../connection.js";
import { messageWindow, pageEdges } from "../message-window.js";
import { cursorAt } from "../stream-cursor.js";

const rowOf = ({ id, row, viewed }: ConversationModel, { services }: Context) =>
  row ?? viewed ?? services.conversations.get(id);

const viewedBy = async (
  { id, viewed }: ConversationModel,
  { services, viewer }: Context,
): Promise<ViewedConversation | null> =>
  viewed ?? services.conversations.viewed(viewer(), id);

/** The messages that the viewer may see: every message for a service, none for a user who left. */
async function visibleIn(
  conversation: ConversationModel,
  context: Context,
): Promise<SeqSet> {
  if (context.viewer().isService) return SeqSet.span(1, Infinity);
  const viewed = await viewedBy(conversation, context);
  return viewed ? SeqSet.parse(viewed.visible) : SeqSet.empty;
}

/** The resolvers of `Conversation`. */
export const Conversation: ConversationResolvers = {
  title: async (conversation, _, context) =>
    (await rowOf(conversation, context)).title,
  createdAt: async (conversation, _, context) =>
    (await rowOf(conversation, context)).createdAt,
  receiptPolicy: async (conversation, _, context) =>
    (await rowOf(conversation, context)).receiptPolicy,

  async cursor(conversation, _, context) {
    const position =
      conversation.position ?? (await rowOf(conversation, context));
    return cursorAt(context.services, conversation.id, position);
  },

  async participants({ id, isLeft }, { first, after }, { services, audience }) {
    checkCount(["first"], first, limits.page);
    if (isLeft)
      return { ...forwardConnection([], 0, () => "", false), totalCount: 0 };
    const afterUserId = await userIdAfter(services, participantList, after);
    const { nodes, totalCount } = await services.conversations.participantsPage(
      id,
      afterUserId,
      first + 1,
      audience().self,
      audience().seer,
    );
    const models = nodes.map((row): ParticipantModel => ({
      conversationId: id,
      userId: row.userId,
      row,
    }));
    const page = forwardConnection(
      models,
      first,
      ({ userId }) =>
        encodeListCursor(services.seal, participantList, "p1", userId),
      isGiven(after),
    );
    return { ...page, totalCount };
  },

  async messages(conversation, args, context) {
    const { services } = context;
    const window = messageWindow(services.seal, args);
    const { lastSeq } =
      conversation.position ?? (await rowOf(conversation, context));
    const visible = await visibleIn(conversation, context);
    const rows = await services.messages.page(conversation.id, visible, {
      ...window,
      owner: context.audience().self,
    });
    const seqs = rows.map(({ seq }) => seq);
    return connection(
      rows.map(messageModel),
      ({ seq }) => encodeListCursor(services.seal, messageList, "m1", seq),
      pageEdges(window, seqs, visible, lastSeq),
    );
  },

  async lastMessage(conversation, _, context) {
    if (context.viewer().isService) {
      const { lastSeq } = await rowOf(conversation, context);
      return lastSeq > 0
        ? { conversationId: conversation.id, seq: lastSeq }
        : null;
    }
    const viewed = await viewedBy(conversation, context);
    return viewed?.lastMessage ? messageModel(viewed.lastMessage) : null;
  },

  unreadCount: async (conversation, _, context) =>
    (await viewedBy(conversation, context))?.unreadCount ?? 0,

  unreadMentionCount: async (conversation, _, context) =>
    (await viewedBy(conversation, context))?.unreadMentionCount ?? 0,

  async firstUnread(conversation, _, context) {
    const seq = (await viewedBy(conversation, context))?.firstUnreadSeq ?? null;
    return seq === null ? null : { conversationId: conversation.id, seq };
  },

  mutedUntil: async (conversation, _, context) =>
    (await viewedBy(conversation, context))?.mutedUntil ?? null,

  async viewerParticipant({ id }, _, { services, viewer }) {
    const row = await services.conversations.participant({
      conversationId: id,
      userId: viewer().userId,
    });
    return row && { conversationId: id, userId: row.userId, row };
  },
};

async function participantRow(
  { row, ...key }: ParticipantModel,
  { services, audience }: Context,
): Promise<ParticipantRow> {
  const { seer = null } = audience();
  const found =
    row ?? (await services.conversations.participant({ ...key, seer }));
  if (!found) throw notFound("participant");
  return found;
}

/** The resolvers of `Participant`. */
export const Participant: ParticipantResolvers = {
  id: ({ conversationId, userId }) =>
    Buffer.from(JSON.stringify([userId, conversationId])).toString("base64url"),
  user: ({ userId }) => ({ id: userId }),
  role: async (participant, _, context) =>
    (await participantRow(participant, context)).role,
  isActive: async (participant, _, context) =>
    (await participantRow(participant, context)).isActive,
  joinedAt: async (participant, _, context) =>
    (await participantRow(participant, context)).joinedAt,
  participation: async (participant, _, context) =>
    (await participantRow(participant, context)).isObserver
      ? "OBSERVER"
      : "RECIPIENT",
  async deliveredUpToSeq(participant, _, context) {
    const row = await participantRow(participant, context);
    const isSelf = row.userId === context.audience().self;
    return shownDeliveredUpToSeq(row, { isSelf });
  },

  async readUpToSeq(participant, _, context) {
    const { services, viewer } = context;
    const row = await participantRow(participant, context);
    const { userId, isService } = viewer();
    const isSelf = !isService && userId === row.userId;
    const seesReads =
      isService || isSelf || seesOthersReads(await services.users.get(userId));
    return shownReadUpToSeq(row, { isSelf, seesReads });
  },
};
