import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import type { Failure } from "../failure.js";
import {
  badge,
  conversationList,
  messageList,
  recipientList,
  type Conversation,
  type Message,
  type Recipient,
} from "../kit/lists.js";
import { followInfo } from "../kit/follow-info.js";
import type { MarkedMessage } from "../marks.js";
import type { MessageDraft, OutboxItem } from "../outbox-item.js";
import { useList } from "./lists.js";
import { useAcked, useShared } from "./provider.js";

/** The state of a list on screen. */
export interface Listed {
  /** False until the first page is there. */
  readonly isLoaded: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Reads the next page. */
  readonly loadMore: () => void;
  /** Why the newest reading failed. What fails for a while is tried again. */
  readonly failure: Failure | null;
}

/** A message on its way, as the outbox has it, with its text. */
export type WaitingMessage = OutboxItem<Message> & {
  readonly body: string | undefined;
};

/** A message on screen: the server's, or one on its way. */
export type ShownMessage = Message | WaitingMessage;

/** The user's conversations, the most recently active first, each with its badge and its last message. */
export function useConversations(): Listed & {
  readonly conversations: readonly Conversation[];
} {
  const { nodes, more, ...list } = useList(conversationList, "");
  return { ...list, loadMore: more, conversations: nodes };
}

/**
 * The messages of a conversation, oldest first. `waiting` has those that are on their way, `shown` both: the same
 * `clientId` is the same message, so it can be the key of a row. `loadMore` reads the page before the oldest message.
 */
export function useMessages(conversationId: string): Listed & {
  readonly messages: readonly Message[];
  readonly waiting: readonly WaitingMessage[];
  readonly shown: readonly ShownMessage[];
} {
  const { nodes, more, ...list } = useList(messageList, conversationId);
  const { outbox } = useAcked();
  const items = useSyncExternalStore(
    outbox.onChange,
    () => outbox.items,
    () => outbox.items,
  );
  const waiting = useMemo(() => {
    const known = new Set(nodes.map(({ clientId }) => clientId));
    return items
      .filter(
        ({ clientId, draft }) =>
          draft.conversationId === conversationId && !known.has(clientId),
      )
      .map((item) => ({ ...item, body: item.draft.body }));
  }, [items, nodes, conversationId]);
  const shown = useMemo(() => [...nodes, ...waiting], [nodes, waiting]);
  return { ...list, loadMore: more, messages: nodes, waiting, shown };
}

/** Sends to a conversation, now or once the device is online: a text, or a draft with a type or a file. */
export function useSend(
  conversationId: string,
): (
  message: string | Omit<MessageDraft, "conversationId">,
) => OutboxItem<Message> {
  const { outbox } = useAcked();
  return useCallback(
    (message) => {
      const draft = typeof message === "string" ? { body: message } : message;
      return outbox.send({ ...draft, conversationId });
    },
    [outbox, conversationId],
  );
}

/**
 * A `ref` for the element of a message: once the user has seen it, it counts as read, with all before it. The user's
 * own messages are left alone.
 */
export function useSeen(
  message: ShownMessage,
): (element: Element | null) => void {
  const { acked, seen } = useShared();
  const stop = useRef<(() => void) | null>(null);
  const marked = markedOf(message, acked.userId);
  const { id = "", seq = 0, conversationId = "" } = marked ?? {};
  return useCallback(
    (element) => {
      stop.current?.();
      stop.current =
        element && seq > 0
          ? seen().observe(element, { id, seq, conversationId })
          : null;
    },
    [seen, id, seq, conversationId],
  );
}

/** A message of another, as marks need it; null for the user's own. */
function markedOf(message: ShownMessage, userId: string): MarkedMessage | null {
  return "draft" in message || message.sender.id === userId
    ? null
    : { ...message, conversationId: message.conversation.id };
}

/** What to draw beside a message. */
export interface Ticks {
  /** `WAITING` and `FAILED` are for messages on their way; `NONE` for messages of others. */
  readonly state:
    Message["status"]["overallStatus"] | "WAITING" | "FAILED" | "NONE";
  /** The state in words, such as `Read by 2 of 5` (R12). */
  readonly text: string;
  /** 0 on its way, 1 stored, 2 where every recipient has it. */
  readonly count: 0 | 1 | 2;
  /** Whether every recipient has read it: the ticks are then blue. */
  readonly isRead: boolean;
}

/** The ticks of a message, or of one that is on its way. */
export function useTicks(message: ShownMessage): Ticks {
  const { userId } = useAcked();
  if ("draft" in message)
    return message.state === "failed"
      ? { state: "FAILED", text: "Not sent", count: 0, isRead: false }
      : { state: "WAITING", text: "Waiting", count: 0, isRead: false };
  if (message.sender.id !== userId)
    return { state: "NONE", text: "", count: 0, isRead: false };
  const { overallStatus: state, summaryText: text } = message.status;
  const isRead = state === "READ";
  return {
    state,
    text,
    count: isRead || state === "DELIVERED" ? 2 : 1,
    isRead,
  };
}

/** The unread messages over all conversations. */
export function useBadge(): number {
  return useList(badge, "").nodes[0]?.unread ?? 0;
}

/**
 * Who has received and read a message, and when, kept up to date while it is on screen.
 * @param message null where none is asked for
 */
export function useMessageInfo(message: ShownMessage | null): Listed & {
  readonly recipients: readonly Recipient[];
} {
  const acked = useAcked();
  const stored = message && !("draft" in message) ? message : null;
  const { nodes, more, ...list } = useList(recipientList, stored?.id);
  const conversationId = stored?.conversation.id;
  useEffect(
    () =>
      conversationId === undefined
        ? undefined
        : followInfo(acked, conversationId),
    [acked, conversationId],
  );
  return { ...list, loadMore: more, recipients: nodes };
}
