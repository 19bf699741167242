import type { OutboxItem } from "@acked/client";
import type { Message } from "../inbox/queries.js";

/** A message on the timeline: stored by the server, or still in the outbox. */
export type Entry =
  | { readonly kind: "stored"; readonly key: string; readonly message: Message }
  | {
      readonly kind: "waiting";
      readonly key: string;
      readonly item: WaitingItem;
    };

/** A message that the server does not have. */
export type WaitingItem = Exclude<OutboxItem<Message>, { state: "sent" }>;

/**
 * The stored messages in the server's order, then the messages that wait on this device. A message has
 * the same key while it waits and once it is stored, so that its element stays the same.
 */
export function timelineEntries(
  conversationId: string,
  messages: readonly Message[],
  items: readonly OutboxItem<Message>[],
  myId: string,
): Entry[] {
  const arrived = new Set(
    messages
      .filter(({ sender }) => sender.id === myId)
      .map(({ clientId }) => clientId),
  );
  const mine = items.filter(
    ({ draft, clientId }) =>
      draft.conversationId === conversationId && !arrived.has(clientId),
  );
  // Messages whose answer came before their event. The outbox drops them by itself. Discarding them at
  // their event would be too early for a render that does not have the event yet.
  const oldestSeq = messages[0]?.seq ?? 0;
  const answered = mine.flatMap((item) =>
    item.state === "sent" && item.message.seq > oldestSeq ? [item.message] : [],
  );
  const stored = [...messages, ...answered].sort((a, b) => a.seq - b.seq);
  const waiting = mine.filter((item) => item.state !== "sent");
  return [
    ...stored.map((message): Entry => ({
      kind: "stored",
      key: `${message.sender.id}:${message.clientId}`,
      message,
    })),
    ...waiting.map((item): Entry => ({
      kind: "waiting",
      key: `${myId}:${item.clientId}`,
      item,
    })),
  ];
}

/** The time when a message was sent, or written where it waits. */
export function timeOf(entry: Entry): string {
  return entry.kind === "stored"
    ? entry.message.sentAt
    : new Date(entry.item.queuedAtMs).toISOString();
}
