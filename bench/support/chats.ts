import { SeqSet } from "../../src/foundation/seq-set.js";

/** A seeded conversation: one sender of all messages, and readers who have read nothing. */
export interface SeededChat {
  readonly id: string;
  readonly senderId: string;
  readonly readerIds: readonly string[];
  readonly messageCount: number;
}

/** The state of a reader in a conversation. */
export interface Held {
  readonly delivered: SeqSet;
  readonly read: SeqSet;
}

/** The state by conversation and reader; readers without any state are left out. */
export class HeldBy {
  private readonly held = new Map<string, string>();

  set(conversationId: string, userId: string, { delivered, read }: Held): void {
    if (delivered.isEmpty && read.isEmpty) return;
    this.held.set(
      `${conversationId} ${userId}`,
      `delivered ${delivered}, read ${read}`,
    );
  }

  /** @throws where the two differ, naming the first difference */
  mustEqual(expected: HeldBy, of: string): void {
    for (const key of new Set([...this.held.keys(), ...expected.held.keys()])) {
      const [is, should] = [this.held.get(key), expected.held.get(key)];
      if (is !== should)
        throw new Error(
          `${of}: ${key} has ${is ?? "nothing"}; it should be ${should ?? "nothing"}`,
        );
    }
  }
}
