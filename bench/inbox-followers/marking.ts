import { setTimeout as delay } from "node:timers/promises";
import { atRate } from "../latency/open-loop.js";
import { HttpConnection } from "../support/http-connection.js";
import type { Crowd, OnEvent } from "./crowd.js";
import {
  conversationId,
  listenersIn,
  messageId,
  participants,
  type Extent,
} from "./inboxes.js";

const markRead = `mutation ($id: ID!) { markRead(input: { messageId: $id }) { changed } }`;

/** Where no event comes for so long, those that are still to come are lost. */
const limitMs = 60_000;

/** How many marks are under way over HTTP. */
const connections = 20;

/** A conversation that was marked, until each of its listeners has been told. */
interface Mark {
  readonly dueMs: number;
  readonly readers: number;
  readonly waiting: Set<number>;
}

/**
 * Marks the messages of conversations as read, by one participant after the other, and follows each mark
 * until every listener in its conversation knows of it.
 */
export class Marking {
  private readonly extent: Extent;
  /** In the order in which they are marked, over and over. */
  private readonly order: readonly number[];
  private next = 0;
  /** How many have read each conversation's message. */
  private readonly readers = new Map<number, number>();
  /** By conversation, the earliest first. */
  private readonly marks = new Map<number, Mark[]>();
  /** An event that told of more than had been marked. */
  private untrue: string | null = null;
  private taken: number[] = [];
  private onNone: () => void = () => undefined;

  constructor(extent: Extent, conversations: readonly number[]) {
    this.extent = extent;
    this.order = shuffled(conversations);
  }

  /** Tell it of every event. */
  readonly onEvent: OnEvent = (listener, conversation, readers) => {
    if (readers > (this.readers.get(conversation) ?? 0))
      this.untrue ??= `${readers} have read ${conversation}, by an event`;
    const marks = this.marks.get(conversation);
    if (!marks) return;
    for (const mark of marks)
      if (mark.readers <= readers && mark.waiting.delete(listener))
        this.taken.push(performance.now() - mark.dueMs);
    const owed = marks.filter(({ waiting }) => waiting.size > 0);
    if (owed.length > 0) this.marks.set(conversation, owed);
    else this.marks.delete(conversation);
    if (this.marks.size === 0) this.onNone();
  };

  /**
   * Marks at a rate, each mark over its reader's own socket.
   * @returns how long each listener waited, in milliseconds, the shortest first
   */
  async measure(crowd: Crowd): Promise<number[]> {
    const { marksPerSecond, roundMs } = this.extent;
    await atRate(marksPerSecond, roundMs, async (dueMs) => {
      const { conversation, reader } = this.begin(dueMs);
      const variables = JSON.stringify({ id: messageId(conversation) });
      await crowd.socketOf(reader).execute(markRead, variables);
    });
    await this.allSeen();
    return this.taken.splice(0).sort((a, b) => a - b);
  }

  /** Marks over HTTP, in as many conversations, while nobody is connected. */
  async markMeanwhile(
    host: string,
    tokens: readonly string[],
    conversations: number,
  ): Promise<void> {
    let left = Math.min(conversations, this.order.length);
    const open = Array.from({ length: connections }, async () => {
      const connection = await HttpConnection.open(host);
      for (; left > 0;) {
        left--;
        const { conversation, reader } = this.begin(performance.now());
        const variables = { id: messageId(conversation) };
        const body = JSON.stringify({ query: markRead, variables });
        const token = tokens[reader] ?? "";
        const answer = await connection.post("/graphql", token, body);
        if (answer.includes('"errors":')) throw new Error(answer);
      }
      connection.close();
    });
    await Promise.all(open);
  }

  /** How many events are still to come. */
  get owed(): number {
    return [...this.marks.values()]
      .flat()
      .reduce((sum, { waiting }) => sum + waiting.size, 0);
  }

  /**
   * Waits until everybody has been told of every mark.
   * @throws where a minute goes by without an event that is still to come
   */
  async allSeen(): Promise<void> {
    const done = new Promise<void>((resolve) => (this.onNone = resolve));
    for (let owed = this.owed; owed > 0; owed = this.owed) {
      const patience = new AbortController();
      await Promise.race([
        done,
        delay(limitMs, undefined, patience).catch(() => undefined),
      ]);
      patience.abort();
      if (this.owed === owed)
        throw new Error(`inbox-followers: ${owed} events never came`);
    }
    this.onNone = () => undefined;
  }

  /** @throws where the database holds anything else than what was acknowledged */
  check(stored: ReadonlyMap<string, number>): void {
    if (this.untrue !== null) throw new Error(this.untrue);
    for (const [conversation, readers] of this.readers)
      if (stored.get(conversationId(conversation)) !== readers)
        throw new Error(
          `inbox-followers: ${conversation} was read by ${stored.get(conversationId(conversation)) ?? 0}; it should be ${readers}`,
        );
    if (stored.size !== this.readers.size)
      throw new Error(
        `inbox-followers: ${stored.size} conversations were read; it should be ${this.readers.size}`,
      );
  }

  /** The next mark: nobody has been told of it yet. */
  private begin(dueMs: number): { conversation: number; reader: number } {
    const conversation = this.order[this.next++ % this.order.length];
    if (conversation === undefined) throw new Error("there is nothing to mark");
    const readers = (this.readers.get(conversation) ?? 0) + 1;
    const listeners = listenersIn(this.extent, conversation);
    const reader = listeners[readers];
    if (reader === undefined || readers >= participants)
      throw new Error("inbox-followers: everything is read");
    this.readers.set(conversation, readers);
    const mark = { dueMs, readers, waiting: new Set(listeners) };
    const marks = this.marks.get(conversation);
    if (marks) marks.push(mark);
    else this.marks.set(conversation, [mark]);
    return { conversation, reader };
  }
}

function shuffled(items: readonly number[]): number[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
