import type { History, Kind } from "./history.js";

/** How far a recipient has come: 0 without a delivery, 1 delivered, 2 read. */
export type Rank = 0 | 1 | 2;

const ranks: Readonly<Record<Kind, Rank>> = { DELIVERED: 1, READ: 2 };

export function rankOf(kind: Kind | undefined): Rank {
  return kind ? ranks[kind] : 0;
}

/** By the times of a message: how far its recipient has come. */
export function rankOfTimes(
  times: { readonly readAt: string | null } | undefined,
): Rank {
  return times ? (times.readAt === null ? 1 : 2) : 0;
}

/**
 * What the state of a recipient can have been in a span of time, by the marks: at least what was
 * acknowledged before it, at most what was asked for until its end.
 */
export class Bounds {
  private readonly history: History;
  private readonly marks = new Map<string, History["marks"]>();
  private readonly found = new Map<string, History["marks"]>();

  constructor(history: History) {
    this.history = history;
    for (const call of history.marks) {
      if (call.outcome.kind === "fail") continue;
      const key = `${call.action.conversationId} ${call.userId}`;
      const those = this.marks.get(key) ?? [];
      this.marks.set(key, those);
      those.push(call);
    }
  }

  /** The marks that a recipient may have made on a message, but those that were refused. */
  marksOn(
    conversationId: string,
    seq: number,
    userId: string,
  ): History["marks"] {
    const key = `${conversationId} ${seq} ${userId}`;
    const found = this.found.get(key);
    if (found) return found;
    const marks = this.marks.get(`${conversationId} ${userId}`) ?? [];
    const those = marks.filter(({ action }) =>
      action.upTo ? action.seq >= seq : action.seq === seq,
    );
    this.found.set(key, those);
    return those;
  }

  /** The recipients of a message, which are the same at all times here. */
  recipientsOf(conversationId: string, seq: number): string[] {
    const sender = this.history.truth.messages.get(
      `${conversationId} ${seq}`,
    )?.senderId;
    const users = this.history.participants.get(conversationId) ?? [];
    return users.filter((userId) => userId !== sender);
  }

  /** The least and the most of a recipient's state from `fromMs` to `toMs`. */
  of(
    conversationId: string,
    seq: number,
    userId: string,
    fromMs: number,
    toMs: number,
  ): { readonly least: Rank; readonly most: Rank } {
    let least = rankOf(
      this.history.base.marks.get(`${conversationId} ${seq} ${userId}`),
    );
    let most = least;
    for (const call of this.marksOn(conversationId, seq, userId)) {
      const { invokedMs, endedMs, outcome, action } = call;
      const rank = rankOf(action.kind);
      if (invokedMs <= toMs && rank > most) most = rank;
      if (outcome.kind === "ok" && endedMs <= fromMs && rank > least)
        least = rank;
    }
    return { least, most };
  }

  /** The least and the most of a message's count of those who have come so far. */
  count(
    conversationId: string,
    seq: number,
    rank: Rank,
    fromMs: number,
    toMs: number,
  ): { readonly least: number; readonly most: number } {
    let least = 0;
    let most = 0;
    for (const userId of this.recipientsOf(conversationId, seq)) {
      const bounds = this.of(conversationId, seq, userId, fromMs, toMs);
      if (bounds.least >= rank) least++;
      if (bounds.most >= rank) most++;
    }
    return { least, most };
  }
}
