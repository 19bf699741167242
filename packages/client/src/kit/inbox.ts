import { defaultReturn, pause, returnMs } from "../back-off.js";
import { failureOf, isPassing, type Failure } from "../failure.js";
import { follow, type Following, type FollowSettings } from "../follow.js";
import {
  ConversationsDocument,
  InboxMessageAddedDocument,
  InboxStatusChangedDocument,
  type ConversationsQuery,
} from "../generated/operations.js";
import type { ReceiptQueue } from "../receipt-queue.js";
import type { SomeVariables } from "../subscription.js";
import type { TypedDocument } from "../typed-document.js";
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
    conversations.nodes.forEach(receive);
    return conversations.nodes[0]?.cursor ?? null;
  }

  /** Notes a conversation of the list; what it has is now on this device. */
  function receive({ id, lastMessage, viewerParticipant }: Conversation): void {
    listed.add(id);
    const { deliveredUpToSeq = 0 } = viewerParticipant ?? {};
    if (lastMessage && lastMessage.seq > deliveredUpToSeq)
      receipts.deliveredUpTo({ ...lastMessage, conversationId: id });
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

  function watch<Data, Variables extends SomeVariables>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    onData: (data: Data) => void,
  ): void {
    followings.push(
      follow<Data, Variables>({
        ...settings,
        subscribe: (variables, sink) =>
          source.subscribe(document, { ...variables }, sink),
        variables,
        onData,
        async onCursorRefused() {
          const after = await readList();
          source.forget();
          return after;
        },
        onEnd: end,
      }),
    );
  }

  async function start(): Promise<void> {
    const after = await readList();
    if (signal.aborted) return;
    watch(
      InboxStatusChangedDocument,
      { after },
      ({ messageStatusChanged: change }) => {
        if (change.reset) source.forget();
        // An event lists the 50 newest changed messages.
        else if (change.messageCount > change.messages.length)
          source.forget(change.conversation.id);
      },
    );
    watch(InboxMessageAddedDocument, { after }, ({ messageAdded }) =>
      take(messageAdded.message),
    );
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
