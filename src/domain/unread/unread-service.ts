import { assertMarksForSelf, type Viewer } from "../../auth/viewer.js";
import type { Bus } from "../../bus/bus.js";
import { LockQueue } from "../../db/lock-queue.js";
import { batchedReader } from "../../foundation/batched-reader.js";
import { notFound } from "../../foundation/errors.js";
import type { Turns } from "../../foundation/turns.js";
import type { PositionAt } from "../conversations/position.js";
import type { MessageKey } from "../messages/message-id.js";
import { noBadge, type BadgeNow } from "./badge.js";
import type { BadgeQueries } from "./badge-queries.js";
import type {
  LookedAtMessage,
  MessageForUser,
  ReadMessagesForUsers,
} from "./message-queries.js";
import type {
  PrivateChange,
  PrivateChangeQueries,
} from "./private-change-queries.js";

/** What users have not read, and what they change for themselves alone. */
export interface UnreadService {
  /**
   * Flags messages of a conversation as unread, for the viewer alone (R31).
   * @param from the first of them; null for the newest one by another that counts
   * @throws {AppError} NOT_FOUND where the viewer can't see it; FORBIDDEN for a service token
   */
  flag(
    viewer: Viewer,
    conversationId: string,
    from: MessageKey | null,
  ): Promise<PositionAt>;
  /**
   * Mutes a conversation for the viewer alone (R37).
   * @param until when it is no longer muted; null for now
   * @throws {AppError} NOT_FOUND where the viewer does not take part; FORBIDDEN for a service token
   */
  mute(
    viewer: Viewer,
    conversationId: string,
    until: string | null,
  ): Promise<PositionAt>;
  /** The number of a user's unread messages over all their conversations (R14). */
  total(userId: string): Promise<number>;
  /** A user's badge. Users who are asked for at once are read together, by one statement. */
  badge(userId: string): Promise<BadgeNow>;
  /**
   * What a message is to a user. Messages that are asked for at once are read together.
   * @throws {AppError} NOT_FOUND
   */
  ofMessage(message: LookedAtMessage): Promise<MessageForUser>;
}

const messageKey = ({ conversationId, seq, userId }: LookedAtMessage) =>
  `${seq}:${userId ?? ""}\0${conversationId}`;

/** Makes the service of what is unread. */
export function createUnreadService({
  badges,
  readMessages,
  changes,
  bus,
  turns,
}: {
  badges: BadgeQueries;
  readMessages: ReadMessagesForUsers;
  changes: PrivateChangeQueries;
  bus: Bus;
  /** The turns of the node's statements that wait for locks. */
  turns: Turns;
}): UnreadService {
  const badge = batchedReader({
    read: badges.badges,
    keyOf: (userId: string) => userId,
    keyOfRow: ({ userId }) => userId,
  });
  const message = batchedReader({
    read: readMessages,
    keyOf: messageKey,
    keyOfRow: messageKey,
  });
  type Change = (waitMs: number) => Promise<PrivateChange | null>;
  const queue = new LockQueue<Change, PrivateChange | null>({
    turns,
    maxBatch: 1,
    write: async ([change], waitMs) => [change ? await change(waitMs) : null],
  });

  async function make(
    conversationId: string,
    change: Change,
  ): Promise<PrivateChange | null> {
    const made = await queue.submit(conversationId, change);
    if (made?.changed) {
      const { version, xid } = made;
      bus.publish({ kind: "conversation", conversationId, version, xid });
    }
    return made;
  }

  return {
    async flag(viewer, conversationId, from) {
      assertMarksForSelf(viewer);
      const key = { conversationId, userId: viewer.userId };
      const made = await make(conversationId, (waitMs) =>
        changes.flag(key, from, waitMs),
      );
      if (!made) throw notFound(from ? "message" : "conversation");
      return made;
    },

    async mute(viewer, conversationId, until) {
      assertMarksForSelf(viewer);
      const key = { conversationId, userId: viewer.userId };
      const made = await make(conversationId, (waitMs) =>
        changes.mute(key, until, waitMs),
      );
      if (!made) throw notFound("conversation");
      return made;
    },

    total: badges.totalUnread,

    badge: async (userId) => (await badge(userId)) ?? noBadge,

    async ofMessage(asked) {
      const found = await message(asked);
      if (!found) throw notFound("message");
      return found;
    },
  };
}
