import type { Chat, Marked, Message } from "./chat.js";
import type { Answer, Events, TestServer } from "./server.js";

/** What an app's icon shows. */
export interface BadgeView {
  readonly unreadCount: number;
  readonly unreadMentionCount: number;
  readonly unreadConversationCount: number;
}

/** What somebody has not read of a conversation. */
export interface UnreadView {
  readonly unreadCount: number;
  readonly unreadMentionCount: number;
  /** The seq of the first unread message. */
  readonly firstUnread: number | null;
  /** The seqs of the messages that show as unread. */
  readonly unread: readonly number[];
}

const badgeFields = "unreadCount unreadMentionCount unreadConversationCount";

/** What somebody has not read of the conversation. */
export async function unreadOf(chat: Chat, name: string): Promise<UnreadView> {
  const { conversation } = await chat.get<{
    conversation: {
      unreadCount: number;
      unreadMentionCount: number;
      firstUnread: { seq: number } | null;
      messages: { nodes: { seq: number; isUnread: boolean }[] };
    };
  }>(
    name,
    `query ($id: ID!) {
      conversation(id: $id) {
        unreadCount unreadMentionCount firstUnread { seq }
        messages(last: 100) { nodes { seq isUnread } }
      }
    }`,
    { id: chat.conversationId },
  );
  const { messages, firstUnread, ...counts } = conversation;
  return {
    ...counts,
    firstUnread: firstUnread?.seq ?? null,
    unread: messages.nodes
      .filter(({ isUnread }) => isUnread)
      .map(({ seq }) => seq),
  };
}

/** Somebody's badge. */
export async function badgeOf(chat: Chat, name: string): Promise<BadgeView> {
  const { viewer } = await chat.get<{ viewer: { badge: BadgeView } }>(
    name,
    `{ viewer { badge { ${badgeFields} } } }`,
  );
  return viewer.badge;
}

/** Somebody marks as unread from a message on; from the newest one by another where none is given. */
export function tryToFlag(
  chat: Chat,
  name: string,
  from: Pick<Message, "id"> | null = null,
): Promise<
  Answer<{
    markUnread: { cursor: string; conversation: { unreadCount: number } };
  }>
> {
  return chat.ask(
    name,
    `mutation ($input: MarkUnreadInput!) {
      markUnread(input: $input) { cursor conversation { unreadCount } }
    }`,
    {
      input: {
        conversationId: chat.conversationId,
        fromMessageId: from?.id ?? null,
      },
    },
  );
}

/** The same, where it is taken. Gives the unread count and the cursor. */
export async function flag(
  chat: Chat,
  name: string,
  from: Pick<Message, "id"> | null = null,
): Promise<{ cursor: string; unreadCount: number }> {
  const { data, errors } = await tryToFlag(chat, name, from);
  if (!data) throw new Error(JSON.stringify(errors));
  const { cursor, conversation } = data.markUnread;
  return { cursor, ...conversation };
}

/** Somebody mutes the conversation until a time, or no longer. Gives what they are told. */
export async function mute(
  chat: Chat,
  name: string,
  until: string | null,
): Promise<string | null> {
  const { muteConversation } = await chat.get<{
    muteConversation: { conversation: { mutedUntil: string | null } };
  }>(
    name,
    `mutation ($input: MuteConversationInput!) {
      muteConversation(input: $input) { conversation { mutedUntil } }
    }`,
    { input: { conversationId: chat.conversationId, until } },
  );
  return muteConversation.conversation.mutedUntil;
}

/** A device that had seen a cursor hands in that its user has read everything up to a message. */
export async function readUpToHavingSeen(
  chat: Chat,
  name: string,
  { id }: Message,
  seen: string | null,
): Promise<Marked> {
  const { bulkMarkRead } = await chat.get<{ bulkMarkRead: Marked }>(
    name,
    `mutation ($input: BulkMarkReadInput!) { bulkMarkRead(input: $input) { changed cursor } }`,
    {
      input: { conversationId: chat.conversationId, upToMessageId: id, seen },
    },
  );
  return bulkMarkRead;
}

/** Somebody watches their badge. */
export function watchBadge(
  server: TestServer,
  chat: Chat,
  name: string,
): Events<{ badgeChanged: BadgeView }> {
  return server
    .connect(chat.id(name))
    .subscribe(`subscription { badgeChanged { ${badgeFields} } }`);
}
