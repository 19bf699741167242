import { badInput, notFound } from "../../foundation/errors.js";
import { checkKnownId } from "../../foundation/limits.js";
import { isGiven } from "../connection.js";
import type { MutationResolvers } from "../generated/resolvers.js";
import { messageKey } from "../message-key.js";
import { cursorAt } from "../stream-cursor.js";

/** What users change for themselves alone. */
export const unreadMutations: Pick<
  MutationResolvers,
  "markUnread" | "muteConversation"
> = {
  async markUnread(_, { input }, { services, charged }) {
    const { conversationId, fromMessageId } = input;
    const caller = await charged("marks");
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    const from = isGiven(fromMessageId)
      ? messageKey(fromMessageId, "fromMessageId")
      : null;
    if (from && from.conversationId !== conversationId)
      throw notFound("message");
    const position = await services.unread.flag(caller, conversationId, from);
    return {
      conversation: { id: conversationId, position },
      cursor: cursorAt(services, conversationId, position),
    };
  },

  async muteConversation(_, { input }, { services, charged }) {
    const { conversationId, until } = input;
    const caller = await charged("marks");
    checkKnownId(["input", "conversationId"], conversationId, "conversation");
    const position = await services.unread.mute(
      caller,
      conversationId,
      isGiven(until) ? instantOf(["input", "until"], until) : null,
    );
    return { conversation: { id: conversationId, position } };
  },
};

const rfc3339 =
  /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** @throws {AppError} BAD_USER_INPUT for what is no RFC 3339 time of the years 1 to 9999 */
function instantOf(path: readonly string[], text: string): string {
  const ms = rfc3339.test(text) ? Date.parse(text) : NaN;
  const iso = Number.isNaN(ms) ? "" : new Date(ms).toISOString();
  // Year 0, and what an offset brings past 9999, have a sign or no Postgres would read them.
  if (!/^(?!0000)\d{4}-/.test(iso))
    throw badInput(path, "must be a time as RFC 3339 has it.");
  return iso;
}
