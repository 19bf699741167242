import { subscriptionsAt, until } from "../fanout/waiting.js";
import * as operations from "../marks/operations.js";
import type { SeededChat } from "../support/chats.js";
import type { Contender } from "../support/contender.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { bearer } from "../support/tokens.js";

/** The readers of all conversations, each with a socket. */
export interface Crowd {
  readonly readers: readonly {
    readonly id: string;
    readonly socket: GraphqlSocket;
  }[];
  close(): void;
}

/**
 * Connects the readers of some conversations to nodes by turns, and the senders to as many nodes as each
 * has listeners.
 * @param listenersOf the nodes on which the sender of the n-th conversation listens
 * @param onEvent gets the node's place among those of `listenersOf`
 */
export async function openCrowd(
  chats: readonly SeededChat[],
  readersOn: readonly Contender[],
  listenersOf: (n: number) => readonly Contender[],
  onEvent: (conversationId: string, place: number, event: string) => void,
): Promise<Crowd> {
  const sockets: GraphqlSocket[] = [];
  const open = async (node: Contender | undefined, userId: string) => {
    if (!node) throw new Error("nodes: no node to connect to");
    const socket = await GraphqlSocket.open(node.host, await bearer(userId));
    sockets.push(socket);
    return socket;
  };
  const close = () => {
    for (const socket of sockets) socket.close();
  };
  try {
    const expected = new Map<Contender, number>();
    for (const [n, { id, senderId }] of chats.entries())
      for (const [place, node] of listenersOf(n).entries()) {
        const socket = await open(node, senderId);
        expected.set(node, (expected.get(node) ?? 0) + 1);
        socket.listen(operations.acked.watch, JSON.stringify({ id }), (event) =>
          onEvent(id, place, event),
        );
      }
    const ids = [...new Set(chats.flatMap(({ readerIds }) => readerIds))];
    const readers: { id: string; socket: GraphqlSocket }[] = [];
    for (const [n, id] of ids.entries())
      readers.push({
        id,
        socket: await open(readersOn[n % readersOn.length], id),
      });
    for (const [node, count] of expected)
      await until(
        "every sender is a subscriber",
        async () => (await subscriptionsAt(node.host)) === count,
      );
    return { readers, close };
  } catch (error) {
    close();
    throw error;
  }
}
