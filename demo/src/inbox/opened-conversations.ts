import type { Connection } from "../connection/follow-by-apollo.js";
import { keepTrying } from "../connection/keep-trying.js";
import { withEarlier, withMessages } from "./pages.js";
import { conversationQuery, earlierQuery, type Message } from "./queries.js";

/** The conversations that were opened on this page; their messages are in Apollo Client's cache. */
export interface OpenedConversations {
  /** Reads a conversation, at its first call for the conversation. */
  open(id: string): void;
  /** Reads the page before the oldest message in the cache. */
  earlier(id: string): Promise<void>;
  /** Adds a new message to its conversation, where that is in the cache. */
  add(conversationId: string, message: Message): void;
  /** Reads every opened conversation again. */
  readAgain(): Promise<unknown>;
  /** Forgets the conversations that the user is no longer in. */
  keepOnly(ids: ReadonlySet<string>): void;
}

/** Starts with no conversation opened. */
export function createOpenedConversations({
  client,
  network,
}: Connection): OpenedConversations {
  /** Holds the messages that arrive while a conversation is being read; null afterwards. */
  const opened = new Map<string, Message[] | null>();

  async function read(id: string): Promise<void> {
    // A message that arrives meanwhile may be newer than the answer.
    const arriving: Message[] = [];
    opened.set(id, arriving);
    await keepTrying(network, () =>
      client.query({ ...conversationQuery(id), fetchPolicy: "network-only" }),
    );
    addToCache(id, arriving);
    if (opened.get(id) === arriving) opened.set(id, null);
  }

  function addToCache(id: string, messages: readonly Message[]): void {
    client.cache.updateQuery(conversationQuery(id), (data) =>
      withMessages(data, messages),
    );
  }

  return {
    open(id) {
      if (!opened.has(id)) void read(id);
    },
    async earlier(id) {
      const loaded = client.readQuery(conversationQuery(id))?.conversation;
      if (!loaded?.messages.pageInfo.hasPreviousPage) return;
      const { data } = await client.query({
        ...earlierQuery(id, loaded.messages.pageInfo.startCursor ?? null),
        fetchPolicy: "no-cache",
      });
      if (data)
        client.cache.updateQuery(conversationQuery(id), (whole) =>
          withEarlier(whole, data),
        );
    },
    add(conversationId, message) {
      opened.get(conversationId)?.push(message);
      addToCache(conversationId, [message]);
    },
    readAgain: () => Promise.all([...opened.keys()].map(read)),
    keepOnly(ids) {
      for (const id of opened.keys()) if (!ids.has(id)) opened.delete(id);
    },
  };
}
