import type { ConversationQuery } from "@acked/client/operations";
import type { Message } from "./queries.js";

/** Adds messages to a conversation, each once, in order of `seq`. */
export function withMessages(
  data: ConversationQuery | null,
  added: readonly Message[],
): ConversationQuery | null {
  if (!data?.conversation) return data;
  const { conversation } = data;
  const { nodes } = conversation.messages;
  const known = new Set(nodes.map(({ id }) => id));
  const news = added.filter(({ id }) => !known.has(id));
  if (news.length === 0) return data;
  const all = [...nodes, ...news].sort((a, b) => a.seq - b.seq);
  return {
    conversation: {
      ...conversation,
      messages: { ...conversation.messages, nodes: all },
    },
  };
}

/** Puts an earlier page in front of a conversation's messages. */
export function withEarlier(
  data: ConversationQuery | null,
  earlier: ConversationQuery,
): ConversationQuery | null {
  const page = earlier.conversation?.messages;
  const whole = withMessages(data, page?.nodes ?? []);
  if (!page || !whole?.conversation) return whole;
  const { conversation } = whole;
  const { hasPreviousPage, startCursor } = page.pageInfo;
  return {
    conversation: {
      ...conversation,
      messages: {
        ...conversation.messages,
        pageInfo: {
          ...conversation.messages.pageInfo,
          hasPreviousPage,
          startCursor: startCursor ?? null,
        },
      },
    },
  };
}
