import type { Services } from "../../src/services.js";
import { asUser } from "../storage/in-process.js";
import type { SeededChat } from "../support/chats.js";

export const messageCount = 60;
const readUpTo = 40;
const readSingly = 55;

/** A conversation of the given size, with one sender. */
export function crowdOf(participants: number): SeededChat {
  return {
    id: `crowd-${participants}`,
    senderId: "sender",
    readerIds: Array.from(
      { length: participants - 1 },
      // In order of id, as pages of recipients are.
      (_, i) => `reader-${String(i).padStart(5, "0")}`,
    ),
    messageCount,
  };
}

/** A third reads most of it, a third has all of it delivered, and a third has been away. */
export async function markCrowd(
  { receipts }: Services,
  { id: conversationId, readerIds }: SeededChat,
): Promise<void> {
  const readers = readerIds.filter((_, i) => i % 3 === 0);
  const owners = readerIds.filter((_, i) => i % 3 === 1);
  await Promise.all([
    ...readers.flatMap((reader) => [
      receipts.mark(
        asUser(reader),
        "READ",
        { conversationId, seq: readUpTo },
        { upTo: true },
      ),
      receipts.mark(
        asUser(reader),
        "READ",
        { conversationId, seq: readSingly },
        { upTo: false },
      ),
    ]),
    ...owners.map((owner) =>
      receipts.mark(
        asUser(owner),
        "DELIVERED",
        { conversationId, seq: messageCount },
        { upTo: true },
      ),
    ),
  ]);
}

/** The state of the n-th reader for a message. */
export function stateOf(reader: number, seq: number): string {
  if (reader % 3 === 1) return "DELIVERED";
  const isRead = reader % 3 === 0 && (seq <= readUpTo || seq === readSingly);
  return isRead ? "READ" : "PENDING";
}

/** The numbers of readers who have a message, and who have read it. */
export function countsOf({ readerIds }: SeededChat, seq: number) {
  const states = readerIds.map((_, i) => stateOf(i, seq));
  const readCount = states.filter((state) => state === "READ").length;
  const delivered = states.filter((state) => state === "DELIVERED").length;
  return {
    totalRecipients: readerIds.length,
    deliveredCount: delivered + readCount,
    readCount,
  };
}
