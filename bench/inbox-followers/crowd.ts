import { setTimeout as delay } from "node:timers/promises";
import { subscriptionsAt, until } from "../fanout/waiting.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { conversationId, type Extent } from "./inboxes.js";

const change = `cursor conversation { id } messages { id status { readCount summaryText } }`;
const followAll = `subscription ($after: Cursor) { messageStatusChanged(after: $after) { ${change} } }`;
const followOne = `subscription ($id: ID!, $after: Cursor) {
  messageStatusChanged(conversationId: $id, after: $after) { ${change} } }`;
const readCursor = `query ($id: ID!) { conversation(id: $id) { cursor } }`;

const event =
  /"conversation":\{"id":"inbox-(\d+)"\}.*"readCount":(\d+),"summaryText":"Read/;

/** So many sockets are opened at a time: the queue of a listening port is not much longer. */
const openingAtOnce = 250;

/** An event that a listener has got: so many have read the conversation's message. */
export type OnEvent = (
  listener: number,
  conversation: number,
  readers: number,
) => void;

/** Every listener with a socket of their own at one server, each with one subscription. */
export class Crowd {
  readonly host: string;
  /** What everybody follows: one conversation, or null for all of theirs. */
  private readonly follows: (listener: number) => number | null;
  private readonly tokens: readonly string[];
  private readonly onEvent: OnEvent;
  private sockets: GraphqlSocket[] = [];
  private failure: string | null = null;

  /** @param tokens one for each listener */
  constructor(
    host: string,
    tokens: readonly string[],
    follows: (listener: number) => number | null,
    onEvent: OnEvent,
  ) {
    this.host = host;
    this.tokens = tokens;
    this.follows = follows;
    this.onEvent = onEvent;
  }

  /**
   * Connects listeners and waits until the server has all of their subscriptions.
   * @param after a cursor for each to go on from, if any
   * @returns the milliseconds that it took
   */
  async connect(
    count: number,
    after: readonly string[] | null,
  ): Promise<number> {
    const start = performance.now();
    const waiting = Array.from({ length: count }, (_, listener) => listener);
    const open = async () => {
      for (;;) {
        const listener = waiting.shift();
        if (listener === undefined) return;
        await this.join(listener, after?.[listener] ?? null);
      }
    };
    await Promise.all(Array.from({ length: openingAtOnce }, open));
    await this.untilSubscribed(count);
    return performance.now() - start;
  }

  /** The socket of a listener. */
  socketOf(listener: number): GraphqlSocket {
    const socket = this.sockets[listener];
    if (!socket) throw new Error(`listener ${listener} is not connected`);
    return socket;
  }

  /** A cursor for each listener, of the present. */
  cursors(extent: Extent): Promise<string[]> {
    return Promise.all(
      this.sockets.map(async (socket, listener) => {
        const id = conversationId(
          this.follows(listener) ?? listener % extent.conversations,
        );
        const answer = await socket.execute(readCursor, JSON.stringify({ id }));
        return /"cursor":"([^"]+)"/.exec(answer)?.[1] ?? "";
      }),
    );
  }

  /** Closes all sockets, and waits until the server has noticed. */
  async leave(): Promise<void> {
    this.close();
    await this.untilSubscribed(0);
  }

  /** Closes all sockets. */
  close(): void {
    for (const socket of this.sockets.splice(0)) socket.close();
  }

  /** @throws where anybody was told of an error */
  check(): void {
    if (this.failure !== null) throw new Error(this.failure);
  }

  private async join(listener: number, after: string | null): Promise<void> {
    const token = this.tokens[listener] ?? "";
    const socket = await GraphqlSocket.open(this.host, token);
    this.sockets[listener] = socket;
    const followed = this.follows(listener);
    const variables =
      followed === null ? { after } : { id: conversationId(followed), after };
    socket.listen(
      followed === null ? followAll : followOne,
      JSON.stringify(variables),
      (text) => {
        const [, conversation, readers] = event.exec(text) ?? [];
        if (readers === undefined) this.failure ??= text;
        else this.onEvent(listener, Number(conversation), Number(readers));
      },
    );
  }

  private async untilSubscribed(count: number): Promise<void> {
    await until(
      `${count} are subscribed`,
      async () => (await subscriptionsAt(this.host)) === count,
    );
    // Whoever is counted is being served within the next turns of the loop.
    if (count === 0) await delay(100);
  }
}
