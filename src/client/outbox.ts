import { createDurableQueue, type Settlement } from "./durable-queue.js";
import { failureOf, isPassing, type Failure } from "./failure.js";
import { defaultStorage } from "./indexed-db-storage.js";
import type { Queue, QueueOptions } from "./queue.js";
import type { QueueEntry } from "./queue-storage.js";
import { defaultTimeoutMs, within } from "./within.js";

/** How many conversations are sent to at once. */
const maxAtOnce = 4;

/** Messages that were sent are shown for so long: beyond it, the oldest are let go. */
const maxSent = 100;

/** A message as the app hands it in; see `SendMessageInput` in the schema. */
export interface MessageDraft {
  readonly conversationId: string;
  readonly body?: string;
  readonly type?: string;
  readonly fileType?: string;
}

/** The variables of `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`. */
export interface SendMessageVariables {
  readonly input: MessageDraft & { readonly clientId: string };
}

/** What the server made of a message, with the fields that the app's mutation selects. */
export interface StoredMessage {
  readonly id: string;
}

/** Where a message of the outbox stands. */
export type OutboxState<M extends StoredMessage> =
  /** On its way, or waiting for its turn, for the network or for a token. */
  | { readonly state: "sending" }
  /** Refused: nothing more happens to it until `retry` or `discard`. */
  | { readonly state: "failed"; readonly failure: Failure }
  /** Stored by the server. */
  | { readonly state: "sent"; readonly message: M };

/** A message of the outbox. */
export type OutboxItem<M extends StoredMessage = StoredMessage> = QueueEntry & {
  /** Tells it from all other messages of its sender, here and on the server. */
  readonly clientId: string;
  readonly draft: MessageDraft;
} & OutboxState<M>;

/** What an outbox needs. */
export interface OutboxOptions<
  M extends StoredMessage = StoredMessage,
> extends QueueOptions<OutboxItem<M>> {
  /** Runs the mutation; rejects with what the app's GraphQL client rejects with. */
  readonly send: (
    variables: SendMessageVariables,
  ) => Promise<{ readonly message: M }>;
}

/** Messages on their way to the server. */
export interface Outbox<M extends StoredMessage = StoredMessage> extends Queue {
  /**
   * Everything to show beside what the server has, oldest first; the same array until something
   * changes. A sent one stays until it is discarded, so that nothing flickers: leave out those whose
   * `clientId` is among the messages on screen.
   */
  readonly items: readonly OutboxItem<M>[];
  /**
   * Takes a message to be sent, once, after those of its conversation that were taken before.
   * @param clientId made here unless given
   */
  send(draft: MessageDraft, clientId?: string): OutboxItem<M>;
  /** Sends a failed one again, after the others; under a new `clientId` where the old one was taken (CONFLICT). */
  retry(clientId: string): void;
  /** Takes one out. One that is under way may arrive all the same. */
  discard(clientId: string): void;
}

/**
 * Makes an outbox. What it has taken outlives the page, and reaches the server once however often it
 * is tried: the server knows it by its `clientId` (semantics R17). Messages of one conversation go
 * one after the other; one that is refused is set aside as failed and holds up no other.
 */
export function createOutbox<M extends StoredMessage = StoredMessage>({
  userId,
  send,
  storage = defaultStorage(`acked-outbox:${userId}`),
  timeoutMs = defaultTimeoutMs,
  ...options
}: OutboxOptions<M>): Outbox<M> {
  type Item = OutboxItem<M>;
  const sent = new Map<string, Item>();
  let shown: { of: readonly Item[]; items: readonly Item[] } | null = null;

  const queue = createDurableQueue<Item>({
    ...options,
    storage,
    isPending: ({ state }) => state === "sending",
    pick(items) {
      const firsts = new Map<string, Item>();
      for (const item of items) {
        const { conversationId } = item.draft;
        if (item.state === "sending" && !firsts.has(conversationId))
          firsts.set(conversationId, item);
      }
      return [...firsts.values()].slice(0, maxAtOnce);
    },
    onDone(items) {
      for (const item of items)
        if (queue.get(item.key)) sent.set(item.key, item);
      for (const oldest of sent.keys()) {
        if (sent.size <= maxSent) break;
        sent.delete(oldest);
      }
      shown = null;
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
      const { message } = await within(
        timeoutMs,
        send({ input: { ...draft, clientId } }),
      );
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
      const of = queue.entries;
      if (shown?.of !== of)
        shown = {
          of,
          items: [
            ...sent.values(),
            ...of.filter(({ key }) => !sent.has(key)),
          ].sort((a, b) => a.queuedAtMs - b.queuedAtMs),
        };
      return shown.items;
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
      if (sent.delete(clientId)) shown = null;
      queue.remove(clientId);
    },
  });
}

/** 128 random bits; `crypto.randomUUID` is not there without HTTPS. */
function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
