import type {
  ConversationModel,
  ConversationRow,
  ViewedConversation,
} from "../domain/conversations/conversation.js";

/** A conversation that is at hand, as its viewer finds it where it was read for one. */
export function conversationModel(
  row: ConversationRow | ViewedConversation,
): ConversationModel {
  return "member" in row
    ? { id: row.id, row, viewed: row }
    : { id: row.id, row };
}
