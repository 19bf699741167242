import { defaultReturn, pause, returnMs } from "../back-off.js";
import { failureOf, isPassing, type Failure } from "../failure.js";
import { follow, type Following, type FollowSettings } from "../follow.js";
import {
  ConversationsDocument,
  InboxMessageAddedDocument,
  InboxStatusChangedDocument,
  type ConversationsQuery,
  type InboxMessageAddedSubscription,
  type InboxStatusChangedSubscription,
} from "../generated/operations.js";
import type { ReceiptQueue } from "../receipt-queue.js";
import type { AddedMessage, Source } from "./source.js";

/** A conversation as the list has it. */
type Conversation = ConversationsQuery["conversations"]["nodes"][number];

/** The settings of an inbox. */
export interface InboxOptions extends FollowSettings {
  readonly source: Source;
  readonly receipts: Pick<ReceiptQueue, "deliveredUpTo">;
  readonly userId: string;
  /** Called when the inbox cannot go on: it ends. */
  readonly onEnd: (failure: Failure) => void;
}

/** The user's conversations, followed. */
export interface Inbox {
  /** The newest cursor of the status changes; null before the first reading. */
  readonly cursor: string | null;
  stop(): void;
}

/** How many conversations are read to begin with. */
export const listSize = 20;

/**
 * Keeps a cache up to date while the user is signed in, by two subscriptions over all conversations: ticks, badges,
 * the list, the open conversations. It reads the list, and follows from the list's cursor, so that no event is missed
 * between the two. It marks others' messages as delivered. Components only show queries.
 */
export function followInbox({
  source,
  receipts,
  userId,
  onEnd,
  ...settings
}: InboxOptions): Inbox {
  const stopping = new AbortController();
  const { signal } = stopping;
  const followings: Following[] = [];
  const listed = new Set<string>();

  function stop(): void {
    stopping.abort();
    for (const following of followings.splice(0)) following.stop();
  }

  function end(failure: Failure): void {
    if (signal.aborted) return;
    stop();
    onEnd(failure);
  }

  /** Reads the list. The cursor says where all conversations stood. */
  async function readList(): Promise<string | null> {
    const { conversations } = await keepTrying(
      () => source.query(ConversationsDocument, { first: listSize }),
      settings,
      signal,
    );
    for (const conversation of conversations.nodes) {
      listed.add(conversation.id);
      receive(conversation, receipts);
    }
    return conversations.nodes[0]?.cursor ?? null;
  }

  function take(message: AddedMessage): void {
    const { conversation, sender } = message;
    source.add(message);
    if (sender.id !== userId)
      receipts.deliveredUpTo({ ...message, conversationId: conversation.id });
    if (listed.has(conversation.id)) return;
    // A conversation that is new, or further down in the list than was read.
    listed.add(conversation.id);
    readList().catch(() => undefined);
  }

  /** Goes on after a cursor that the server refused: all is read anew, from a new cursor. */
  async function onCursorRefused(): Promise<string | null> {
    const after = await readList();
    source.forget();
    return after;
  }

  async function start(): Promise<void> {
    const after = await readList();
    if (signal.aborted) return;
    const shared = { ...settings, onCursorRefused, onEnd: end };
    const variables = { after };
    const changed = follow<InboxStatusChangedSubscription>({
      ...shared,
      variables,
      subscribe: (variables, sink) =>
        source.subscribe(InboxStatusChangedDocument, { ...variables }, sink),
      onData: ({ messageStatusChanged: change }) => {
        if (change.reset) source.forget();
        // An event lists the 50 newest changed messages.
        else if (change.messageCount > change.messages.length)
          source.forget(change.conversation.id);
      },
    });
    const added = follow<InboxMessageAddedSubscription>({
      ...shared,
      variables,
      subscribe: (variables, sink) =>
        source.subscribe(InboxMessageAddedDocument, { ...variables }, sink),
      onData: ({ messageAdded }) => take(messageAdded.message),
    });
    followings.push(changed, added);
  }
  start().catch((error: unknown) => end(failureOf(error)));

  return {
    get cursor() {
      return followings[0]?.cursor ?? null;
    },
    stop,
  };
}

/** Reads, and tries again while it fails for a while. */
async function keepTrying<T>(
  read: () => Promise<T>,
  { backOff = defaultReturn, connectivity, onTokenRefused }: FollowSettings,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 0; ;) {
    try {
      return await read();
    } catch (error) {
      const failure = failureOf(error);
      if (!isPassing(failure) || signal.aborted) throw error;
      if (failure.code === "UNAUTHENTICATED") await onTokenRefused?.();
      const ms = returnMs(backOff, attempt++, failure.retryAfterMs);
      await pause(ms, signal, connectivity);
    }
  }
}

/** Marks what a conversation of the list has as delivered: it is on this device now. */
function receive(
  { id, lastMessage, viewerParticipant }: Conversation,
  receipts: InboxOptions["receipts"],
): void {
  const { deliveredUpToSeq = 0 } = viewerParticipant ?? {};
  if (lastMessage && lastMessage.seq > deliveredUpToSeq)
    receipts.deliveredUpTo({ ...lastMessage, conversationId: id });
}
