import { conversationModel, messageModel } from "../models.js";
import {
  decodeListCursor,
  encodeListCursor,
  inboxList,
} from "../list-cursor.js";
import { badInput } from "../../foundation/errors.js";
import type { QueryResolvers } from "../generated/resolvers.js";
import { decodeMessageId } from "../../domain/messages/message-id.js";
import {
  checkCount,
  checkIdLength,
  checkKnownId,
  isId,
  limits,
} from "../../foundation/limits.js";
import { forwardConnection, isGiven } from "../connection.js";
import type { InboxPlace } from "../../domain/conversations/conversation-queries.js";

/** Before every conversation in the inbox. */
const top: InboxPlace = { activeAt: "infinity", conversationId: "" };

function inboxPlace(after: string): InboxPlace {
  const [, activeMs, conversationId] = decodeListCursor(
    inboxList,
    after,
    "after",
  );
  return { activeAt: new Date(activeMs).toISOString(), conversationId };
}

/** `Query`. */
export const Query: QueryResolvers = {
  viewer: (_, __, { viewer }) => ({ id: viewer().userId }),

  async conversation(_, { id }, { services, viewer }) {
    const asks = viewer();
    checkIdLength(["id"], id);
    await services.horizon.keepFresh();
    const found = isId(id) ? await services.conversations.find(asks, id) : null;
    return found && conversationModel(found);
  },

  async conversations(_, { first, after }, { services, viewer }) {
    const asks = viewer();
    checkCount(["first"], first, limits.page);
    const place = isGiven(after) ? inboxPlace(after) : top;
    await services.horizon.keepFresh();
    const rows = await services.conversations.page(asks, place, first + 1);
    const page = forwardConnection(
      rows,
      first,
      ({ activeAt, id }) =>
        encodeListCursor(inboxList, "i1", Date.parse(activeAt), id),
      isGiven(after),
    );
    return {
      ...page,
      nodes: page.nodes.map(conversationModel),
      edges: page.edges.map(({ cursor, node }) => ({
        cursor,
        node: conversationModel(node),
      })),
    };
  },

  async message(_, { id }, { services, viewer }) {
    const asks = viewer();
    const place = decodeMessageId(id);
    if (!place) checkIdLength(["id"], id);
    const row = place && (await services.messages.visible(asks, place));
    if (!row) return null;
    // Read first: a cursor that was newer than the status beside it would skip a change (R22).
    const conversation = await services.conversations.get(row.conversationId);
    return {
      ...messageModel(row),
      conversation: conversationModel(conversation),
    };
  },

  statusChanges(_, { after, conversationId, first }, { services, viewer }) {
    const asks = viewer();
    checkCount(["first"], first, limits.page);
    if (isGiven(conversationId))
      checkKnownId(["conversationId"], conversationId, "conversation");
    else if (asks.isService)
      throw badInput(["conversationId"], "is needed with a service token.");
    return services.statusChanges.page(
      asks,
      after,
      conversationId ?? null,
      first,
    );
  },
};
