import { setTimeout as sleep } from "node:timers/promises";
import { withDeadline } from "../../foundation/deadline.js";

/** A connection that stays open until its client leaves or the node stops: a socket, or an HTTP stream. */
export interface Lasting {
  /** Resolves when nothing runs on the connection that a stop should wait for. */
  idle(): Promise<void>;
  /** Tells the client that the node goes away, and closes. */
  goAway(): void;
  /** Resolves when the client has closed too. */
  whenGone(): Promise<unknown>;
  /** Breaks the connection off. */
  terminate(): void;
}

/** How long connections may take to close, in milliseconds. */
export interface LeavingLimits {
  /** Over how long the closing is spread. */
  readonly spreadMs: number;
  /** After this time a connection is closed whatever runs on it. */
  readonly limitMs: number;
  /** How long clients may take to close too; then connections are broken off. */
  readonly handshakeMs: number;
}

/**
 * Closes every connection of a node, in random order, so that their clients come to other nodes one after the
 * other. A connection on which a query or mutation runs is closed when that has ended.
 */
export async function leaveAll(
  connections: ReadonlySet<Lasting>,
  { spreadMs, limitMs, handshakeMs }: LeavingLimits,
): Promise<void> {
  await withDeadline(leaveInTurn(connections, spreadMs), limitMs);
  for (const connection of connections) connection.goAway();
  const gone = [...connections].map((connection) => connection.whenGone());
  await withDeadline(Promise.all(gone), handshakeMs);
  for (const connection of connections) connection.terminate();
}

async function leaveInTurn(
  connections: Iterable<Lasting>,
  spreadMs: number,
): Promise<void> {
  const order = [...connections]
    .map((connection) => ({ connection, place: Math.random() }))
    .sort((a, b) => a.place - b.place);
  await Promise.all(
    order.map(async ({ connection }, i) => {
      if (i > 0) await sleep((spreadMs * i) / order.length);
      await connection.idle();
      connection.goAway();
    }),
  );
}
