import { atRate } from "../latency/open-loop.js";
import { seededMessageId } from "../support/acked-chats.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { bearer } from "../support/tokens.js";

const mark = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;
const readerCount = 100;

/** The user who is in all conversations, has sent all of their messages, and is erased. */
export const leaver = "leaver";
export const conversationOf = (n: number) => `conversation-${n}`;
export const readerOf = (n: number) => `reader-${n % readerCount}`;

/** The time that marks take, in milliseconds. */
export interface Taken {
  readonly p50: number;
  readonly p99: number;
}

/** A hundred readers, each with a socket, who mark one message after the other in all conversations by turns. */
export class Marking {
  /** How many messages were marked. */
  count = 0;
  private readonly sockets: readonly GraphqlSocket[];
  private readonly chats: number;
  private readonly perSecond: number;

  private constructor(
    sockets: readonly GraphqlSocket[],
    chats: number,
    perSecond: number,
  ) {
    this.sockets = sockets;
    this.chats = chats;
    this.perSecond = perSecond;
  }

  static async open(
    host: string,
    chats: number,
    perSecond: number,
  ): Promise<Marking> {
    const open = async (_: unknown, n: number) =>
      GraphqlSocket.open(host, await bearer(readerOf(n)));
    const sockets = Array.from({ length: readerCount }, open);
    return new Marking(await Promise.all(sockets), chats, perSecond);
  }

  /** Marks for so many milliseconds, again and again until it is over. Times begin when a mark is due. */
  async during(ms: number, isOver = () => true): Promise<Taken> {
    const times: number[] = [];
    do
      await atRate(this.perSecond, ms, async (dueMs) => {
        const n = this.count++;
        const conversationId = conversationOf(n % this.chats);
        const seq = Math.floor(n / this.chats) + 1;
        const id = seededMessageId({ conversationId, seq });
        const socket = this.sockets[(n % this.chats) % readerCount];
        await socket?.execute(mark, JSON.stringify({ id }));
        times.push(performance.now() - dueMs);
      });
    while (!isOver());
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(times.length * share)];
    return { p50: at(0.5) ?? NaN, p99: at(0.99) ?? NaN };
  }

  close(): void {
    for (const socket of this.sockets) socket.close();
  }
}
