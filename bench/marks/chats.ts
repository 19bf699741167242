import { SeqSet } from "../../src/foundation/seq-set.js";
import { HeldBy, type SeededChat } from "../support/chats.js";
import type { Size } from "../support/scenario.js";

/** A message that a reader is to mark. */
export interface Place {
  readonly conversationId: string;
  readonly seq: number;
}

/** The size of the blocks in which readers go through messages. Within a block they mark out of order. */
export const readBlock = 16;

/** 50 conversations of a sender and 10 readers; every reader is in five of them. */
export function ordinaryChats(size: Size): SeededChat[] {
  return Array.from({ length: 50 }, (_, i) => ({
    id: `conversation-${i}`,
    senderId: `sender-${i}`,
    readerIds: Array.from({ length: 10 }, (_, r) => `reader-${i % 10}-${r}`),
    messageCount: size === "full" ? 64 * readBlock : 16 * readBlock,
  }));
}

/** The n-th message, from 0, that a reader marks: forward on the whole, not in order. */
export function nthRead(n: number): number {
  const inBlock = n % readBlock;
  return n - inBlock + ((inBlock * 7) % readBlock) + 1;
}

/** Hands out marks that are all new, and knows the final state that they lead to. */
export class Reading {
  private readonly chats: readonly SeededChat[];
  private readonly byReader = new Map<string, SeededChat[]>();
  private readonly marked = new Map<string, number>();

  constructor(chats: readonly SeededChat[]) {
    this.chats = chats;
    for (const chat of chats)
      for (const reader of chat.readerIds)
        this.byReader.set(reader, [...(this.byReader.get(reader) ?? []), chat]);
  }

  get readerIds(): string[] {
    return [...this.byReader.keys()];
  }

  /** The reader's next mark, in their conversations by turns; null once everything is read. */
  next(readerId: string): Place | null {
    const chats = this.byReader.get(readerId) ?? [];
    const total = this.marked.get(readerId) ?? 0;
    const chat = chats[total % chats.length];
    const n = Math.floor(total / chats.length);
    if (!chat || n >= chat.messageCount) return null;
    this.marked.set(readerId, total + 1);
    return { conversationId: chat.id, seq: nthRead(n) };
  }

  /** The state that every reader must hold once all marks handed out are answered. */
  expected(): HeldBy {
    const held = new HeldBy();
    for (const chat of this.chats)
      for (const reader of chat.readerIds) {
        const chats = this.byReader.get(reader) ?? [];
        const before = chats.indexOf(chat);
        const total = this.marked.get(reader) ?? 0;
        const count = Math.max(0, Math.ceil((total - before) / chats.length));
        const read = SeqSet.of(
          Array.from({ length: count }, (_, n) => nthRead(n)).map((seq) => ({
            from: seq,
            to: seq,
          })),
        );
        held.set(chat.id, reader, { delivered: read, read });
      }
    return held;
  }
}
