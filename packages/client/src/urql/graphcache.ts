import type { Cache, CacheExchangeOpts } from "@urql/exchange-graphcache";
import {
  ConversationDocument,
  type InboxMessageAddedSubscription,
  type InboxStatusChangedSubscription,
} from "../generated/operations.js";
import { pageSize } from "../kit/source.js";

/** The settings of Graphcache's `cacheExchange` for Acked's types. */
export const graphcacheConfig = {
  // Events, their parts and pages are values without an id.
  keys: Object.fromEntries(
    [
      ...["StatusChangePage", "MessageStatusChange", "Receipt"],
      ...["ReceiptResult", "MessageAdded", "PageInfo"],
      ...["ConversationConnection", "MessageConnection"],
      ...["ParticipantConnection", "RecipientStatusConnection"],
    ].map((type) => [type, () => null]),
  ),
  updates: {
    Subscription: {
      messageAdded: (result, _args, cache) =>
        addMessage(result as unknown as InboxMessageAddedSubscription, cache),
      messageStatusChanged: (result, _args, cache) =>
        forget(result as unknown as InboxStatusChangedSubscription, cache),
    },
  },
} satisfies Partial<CacheExchangeOpts>;

/** Adds a message to the newest page of its conversation, where the page was read. A message may come twice. */
function addMessage(
  { messageAdded: { message } }: InboxMessageAddedSubscription,
  cache: Cache,
): void {
  const variables = { id: message.conversation.id, last: pageSize };
  cache.updateQuery({ query: ConversationDocument, variables }, (data) => {
    const nodes = data?.conversation?.messages.nodes;
    if (nodes && message.seq > (nodes.at(-1)?.seq ?? 0)) nodes.push(message);
    return data;
  });
}

/** Drops what the cache has read where an event does not say all that changed. */
function forget(
  { messageStatusChanged: change }: InboxStatusChangedSubscription,
  cache: Cache,
): void {
  const { conversation, messages, messageCount, reset } = change;
  const id = cache.keyOfEntity({ __typename: "Conversation", ...conversation });
  if (reset) invalidate(cache, "Query");
  // An event lists the 50 newest changed messages.
  else if (id !== null && messageCount > messages.length)
    invalidate(cache, id, "messages");
}

function invalidate(cache: Cache, entity: string, only?: string): void {
  for (const { fieldName, arguments: args } of cache.inspectFields(entity))
    if (only === undefined || fieldName === only)
      cache.invalidate(entity, fieldName, args);
}
