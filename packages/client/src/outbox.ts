import { createDurableQueue } from "./durable-queue.js";
import { failureOf, isPassing } from "./failure.js";
import { defaultStorage } from "./indexed-db-storage.js";
import type { MessageDraft, OutboxItem, StoredMessage } from "./outbox-item.js";
import { newClientId } from "./client-id.js";
import type { Queue, QueueOptions } from "./queue.js";
import type { Settlement } from "./send-loop.js";
import { createSentItems } from "./sent-items.js";
import { defaultTimeoutMs, within } from "./within.js";

/** How many conversations are sent to at once. */
const maxAtOnce = 4;

/** The variables of `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`. */
export interface SendMessageVariables {
  readonly input: MessageDraft & { readonly clientId: string };
}

/** The settings of an outbox. */
export interface OutboxOptions<
  M extends StoredMessage = StoredMessage,
> extends QueueOptions<OutboxItem<M>> {
  /** Runs the mutation. A rejection is the error of the app's GraphQL client, unchanged. */
  readonly send: (
    variables: SendMessageVariables,
  ) => Promise<{ readonly message: M }>;
}

/** Messages on their way to the server. */
export interface Outbox<M extends StoredMessage = StoredMessage> extends Queue {
  /**
   * The messages to show beside those of the server, oldest first; the same array until an item
   * changes. A sent item stays until it is discarded, so that the screen does not flicker: leave out
   * the items whose `clientId` is among the messages on screen.
   */
  readonly items: readonly OutboxItem<M>[];
  /**
   * Takes a message to be sent, once, after the earlier messages of its conversation.
   * @param clientId a random id by default
   */
  send(draft: MessageDraft, clientId?: string): OutboxItem<M>;
  /** Sends a failed message again, after the others. After CONFLICT it gets a new `clientId`. */
  retry(clientId: string): void;
  /** Removes a message. A message that is under way may still arrive. */
  discard(clientId: string): void;
}

/**
 * Makes an outbox. Its messages outlive the page. The server stores a message once, however often the
 * outbox sends it, because each message has a `clientId` (R17). Messages of one conversation are sent
 * one after the other; a refused message is set aside as failed and holds up no other message.
 */
export function createOutbox<M extends StoredMessage = StoredMessage>({
  userId,
  send,
  storage = defaultStorage(`acked-outbox:${userId}`),
  timeoutMs = defaultTimeoutMs,
  ...options
}: OutboxOptions<M>): Outbox<M> {
  type Item = OutboxItem<M>;
  const sent = createSentItems<M>();

  const queue = createDurableQueue<Item>({
    ...options,
    storage,
    isPending: ({ state }) => state === "sending",
    pick: firstOfEachConversation,
    onDone(items) {
      for (const item of items) if (queue.get(item.key)) sent.add(item);
    },
    async send(batch) {
      const all = await Promise.all(batch.map(sendOne));
      return {
        done: all.flatMap(({ done = [] }) => done),
        changed: all.flatMap(({ changed = [] }) => changed),
        failure: all.find(({ failure }) => failure)?.failure,
      };
    },
  });

  async function sendOne(item: Item): Promise<Settlement<Item>> {
    const { key, queuedAtMs, clientId, draft } = item;
    const kept = { key, queuedAtMs, clientId, draft };
    try {
      const request = send({ input: { ...draft, clientId } });
      const { message } = await within(timeoutMs, request);
      return { done: [{ ...kept, state: "sent", message }] };
    } catch (error) {
      const failure = failureOf(error);
      return isPassing(failure)
        ? { failure }
        : { changed: [{ ...kept, state: "failed", failure }] };
    }
  }

  function take(draft: MessageDraft, clientId: string): Item {
    const item: Item = {
      key: clientId,
      queuedAtMs: queue.nextTimeMs(),
      clientId,
      draft,
      state: "sending",
    };
    sent.delete(clientId);
    queue.put(item);
    return item;
  }

  return queue.extendedBy<Omit<Outbox<M>, keyof Queue>>({
    get items() {
      return sent.shownWith(queue.entries);
    },
    send: (draft: MessageDraft, clientId = newClientId()) =>
      take(draft, clientId),
    retry(clientId: string) {
      const item = queue.get(clientId);
      if (item?.state !== "failed") return;
      const isTaken = item.failure.code === "CONFLICT";
      if (isTaken) queue.remove(clientId);
      take(item.draft, isTaken ? newClientId() : clientId);
    },
    discard(clientId: string) {
      sent.delete(clientId);
      queue.remove(clientId);
    },
  });
}

/** The oldest message of each conversation that is still to be sent, of a few conversations. */
function firstOfEachConversation<M extends StoredMessage>(
  items: readonly OutboxItem<M>[],
): readonly OutboxItem<M>[] {
  const firsts = new Map<string, OutboxItem<M>>();
  for (const item of items) {
    const { conversationId } = item.draft;
    if (item.state === "sending" && !firsts.has(conversationId))
      firsts.set(conversationId, item);
  }
  return [...firsts.values()].slice(0, maxAtOnce);
}
