import { decodeListCursor, encodeListCursor } from "../../events/cursor.js";
import type { QueryResolvers } from "../../generated/resolvers.js";
import { messageModel } from "../../messages/message.js";
import { decodeMessageId } from "../../messages/message-id.js";
import { checkCount, checkIdLength, isId, limits } from "../../text/limits.js";
import { conversationModel } from "../conversation-model.js";
import { forwardConnection } from "../connection.js";

/** Before every conversation in the inbox. */
const top = { activeAt: "infinity", conversationId: "" };

/** `Query`. */
export const Query: QueryResolvers = {
  viewer: (_, __, { viewer }) => ({ id: viewer().userId }),

  async conversation(_, { id }, { services, viewer }) {
    const asks = viewer();
    checkIdLength(["id"], id);
    const found = isId(id) ? await services.conversations.find(asks, id) : null;
    return found && conversationModel(found);
  },

  async conversations(_, { first, after }, { services, viewer }) {
    checkCount(["first"], first, limits.page);
    const [activeAt, conversationId] = after
      ? decodeListCursor("i1", after, "after")
      : [];
    const place = after
      ? { activeAt: `${activeAt}`, conversationId: `${conversationId}` }
      : top;
    const rows = await services.conversations.page(viewer(), place, first + 1);
    const page = forwardConnection(
      rows,
      first,
      ({ activeAt, id }) => encodeListCursor("i1", activeAt, id),
      Boolean(after),
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
    return row && messageModel(row);
  },

  statusChanges(_, { after, conversationId, first }, { services, viewer }) {
    checkCount(["first"], first, limits.page);
    if (conversationId) checkIdLength(["conversationId"], conversationId);
    return services.changes.page(
      viewer(),
      after,
      conversationId ?? null,
      first,
    );
  },
};
