import type { Services } from "../../services.js";
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

/** The place before every conversation of the inbox. */
const top: InboxPlace = { activeAt: "infinity", conversationId: "" };

function inboxPlace(services: Services, after: string): InboxPlace {
  const [, activeMs, conversationId] = decodeListCursor(
    services.seal,
    inboxList,
    after,
    "after",
  );
  return { activeAt: new Date(activeMs).toISOString(), conversationId };
}

const conversation: QueryResolvers["conversation"] = async (
  _,
  { id },
  { services, viewer },
) => {
  const caller = viewer();
  checkIdLength(["id"], id);
  const found = isId(id) ? await services.conversations.find(caller, id) : null;
  return found && conversationModel(found);
};

const message: QueryResolvers["message"] = async (
  _,
  { id },
  { services, viewer },
) => {
  const caller = viewer();
  const message = decodeMessageId(id);
  if (!message) checkIdLength(["id"], id);
  const row = message && (await services.messages.visible(caller, message));
  if (!row) return null;
  // The conversation is read before the message's status: a cursor that is newer than the status
  // beside the cursor would skip a change (R22).
  const conversation = await services.conversations.get(row.conversationId);
  return {
    ...messageModel(row),
    conversation: conversationModel(conversation),
  };
};

/** The resolvers of `Query`. Relay asks for some fields by names of its own. */
export const Query: QueryResolvers = {
  viewer: (_, __, { viewer }) => ({ id: viewer().userId }),
  conversation,
  fetch__Conversation: conversation,
  message,
  fetch__Message: message,

  async conversations(_, { first, after }, { services, viewer }) {
    const caller = viewer();
    checkCount(["first"], first, limits.page);
    const place = isGiven(after) ? inboxPlace(services, after) : top;
    const rows = await services.conversations.page(caller, place, first + 1);
    const page = forwardConnection(
      rows,
      first,
      ({ activeAt, id }) =>
        encodeListCursor(
          services.seal,
          inboxList,
          "i1",
          Date.parse(activeAt),
          id,
        ),
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

  statusChanges(_, { after, conversationId, first }, { services, viewer }) {
    const caller = viewer();
    checkCount(["first"], first, limits.page);
    if (isGiven(conversationId))
      checkKnownId(["conversationId"], conversationId, "conversation");
    else if (caller.isService)
      throw badInput(["conversationId"], "is needed with a service token.");
    return services.statusChanges.page(
      caller,
      after,
      conversationId ?? null,
      first,
    );
  },
};
