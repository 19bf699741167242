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
  shownReadUpToSeq,
} from "../../domain/receipts/privacy.js";
import { notFound } from "../../foundation/errors.js";
import { encodeCursor } from "../../stream/cursor.js";
import {
  decodeListCursor,
  encodeListCursor,
  messageList,
  participantList,
} from "../list-cursor.js";
import type {
  ConversationResolvers,
  ParticipantResolvers,
} from "../generated/resolvers.js";
import { SeqSet } from "../../foundation/seq-set.js";
import { checkCount, limits } from "../../foundation/limits.js";
import { connection, forwardConnection, isGiven } from "../connection.js";
import { messageWindow } from "../message-window.js";

const rowOf = ({ id, row, viewed }: ConversationModel, { services }: Context) =>
  row ?? viewed ?? services.conversations.get(id);

const viewedBy = async (
  { id, viewed }: ConversationModel,
  { services, viewer }: Context,
): Promise<ViewedConversation | null> =>
  viewed ?? services.conversations.viewed(viewer(), id);

/** `Conversation`. */
export const Conversation: ConversationResolvers = {
  title: async (conversation, _, context) =>
    (await rowOf(conversation, context)).title,
  createdAt: async (conversation, _, context) =>
    (await rowOf(conversation, context)).createdAt,

  async cursor(conversation, _, context) {
    const { version, lastSeq, atMs } =
      conversation.position ?? (await rowOf(conversation, context));
    return encodeCursor({
      atMs: context.services.horizon.settledAt(atMs),
      place: { conversationId: conversation.id, version, lastSeq },
    });
  },

  async participants({ id, isLeft }, { first, after }, { services }) {
    checkCount(["first"], first, limits.page);
    if (isLeft)
      return { ...forwardConnection([], 0, () => "", false), totalCount: 0 };
    const [, afterUserId] = isGiven(after)
      ? decodeListCursor(participantList, after, "after")
      : ["", ""];
    const { nodes, totalCount } = await services.conversations.participantsPage(
      id,
      afterUserId,
      first + 1,
    );
    const models = nodes.map((row): ParticipantModel => ({
      conversationId: id,
      userId: row.userId,
      row,
    }));
    const page = forwardConnection(
      models,
      first,
      ({ userId }) => encodeListCursor(participantList, "p1", userId),
      isGiven(after),
    );
    return { ...page, totalCount };
  },

  async messages(conversation, args, context) {
    const { services, viewer } = context;
    const { above, below, limit, fromEnd } = messageWindow(args);
    const { lastSeq } =
      conversation.position ?? (await rowOf(conversation, context));
    const seen = viewer().isService
      ? "{[1,)}"
      : (await viewedBy(conversation, context))?.visible;
    const visible = seen ? SeqSet.parse(seen) : SeqSet.empty;
    const rows = await services.messages.page(conversation.id, visible, {
      above,
      below,
      limit,
      fromEnd,
    });
    // Seqs have no gaps, so what lies beyond the page can be told from the set alone.
    const there = visible.intersect(
      SeqSet.span(1, Math.max(lastSeq, rows.at(-1)?.seq ?? 0)),
    );
    const first = rows[0]?.seq ?? (fromEnd ? below : above + 1);
    const last = rows.at(-1)?.seq ?? (fromEnd ? below - 1 : above);
    return connection(
      rows.map(messageModel),
      ({ seq }) => encodeListCursor(messageList, "m1", seq),
      {
        hasPreviousPage: !there.intersect(SeqSet.span(1, first - 1)).isEmpty,
        hasNextPage: !there.intersect(SeqSet.span(last + 1, Infinity)).isEmpty,
      },
    );
  },

  async lastMessage(conversation, _, context) {
    const { services, viewer } = context;
    if (viewer().isService) {
      const { lastSeq } = await rowOf(conversation, context);
      return lastSeq > 0
        ? { conversationId: conversation.id, seq: lastSeq }
        : null;
    }
    const viewed =
      conversation.viewed ??
      (await services.conversations.viewed(viewer(), conversation.id));
    return viewed?.lastMessage ? messageModel(viewed.lastMessage) : null;
  },

  unreadCount: async (conversation, _, context) =>
    (await viewedBy(conversation, context))?.unreadCount ?? 0,

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
  { services }: Context,
): Promise<ParticipantRow> {
  const found = row ?? (await services.conversations.participant(key));
  if (!found) throw notFound("participant");
  return found;
}

/** `Participant`. */
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
  deliveredUpToSeq: async (participant, _, context) =>
    (await participantRow(participant, context)).deliveredUpToSeq,

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
