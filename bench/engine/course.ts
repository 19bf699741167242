import { markLanes } from "../../src/domain/receipts/mark-writer.js";
import { SeqSet } from "../../src/foundation/seq-set.js";
import { nthRead, readBlock } from "../marks/chats.js";
import { HeldBy, type SeededChat } from "../support/chats.js";
import type { Size } from "../support/scenario.js";

/** Connections that write, as many as Acked has write lanes. */
export const connections = markLanes;

/** A number that every number of connections divides, so that all connections have the same work. */
const chatCount = 48;
const readersPerChat = 10;

/** Readers that one connection writes for: those of every `connections`-th conversation. */
export const readersPerConnection = (chatCount / connections) * readersPerChat;

/** How many marks every reader makes in a round, and how many rounds there are beside the first. */
export function extent(size: Size): { marksEach: number; rounds: number } {
  return size === "full"
    ? { marksEach: 4 * readBlock, rounds: 5 }
    : { marksEach: readBlock / 2, rounds: 1 };
}

/** 48 conversations, numbered through, of a sender and ten readers. */
export function engineChats(size: Size): SeededChat[] {
  const { marksEach, rounds } = extent(size);
  return Array.from({ length: chatCount }, (_, chat) => ({
    id: `conversation-${chat}`,
    senderId: "sender",
    readerIds: Array.from({ length: readersPerChat }, (_, r) => `reader-${r}`),
    // Room for a last batch that is not full.
    messageCount: (marksEach + readBlock) * (rounds + 1),
  }));
}

/** The state of readers after their first marks, whose number is given by conversation and reader. */
export function heldAfter(
  chats: readonly SeededChat[],
  marksOf: (chat: number, reader: number) => number,
): HeldBy {
  const held = new HeldBy();
  chats.forEach(({ id, readerIds }, chat) =>
    readerIds.forEach((readerId, reader) => {
      const read = SeqSet.of(
        Array.from({ length: marksOf(chat, reader) }, (_, n) => ({
          from: nthRead(n),
          to: nthRead(n),
        })),
      );
      held.set(id, readerId, { delivered: read, read });
    }),
  );
  return held;
}
