import { seededMessageId } from "../support/acked-chats.js";
import { GraphqlSocket } from "../support/graphql-socket.js";
import { HttpConnection } from "../support/http-connection.js";
import { bearer } from "../support/tokens.js";

/**
 * Marks every message of the one conversation up to a seq as read, by a reader who has just connected.
 * @returns how long it took until the answer, in milliseconds
 */
export type MarkUpTo = (
  host: string,
  readerId: string,
  seq: number,
) => Promise<number>;

/** The one conversation, whose first message has the lowest id everywhere. */
export const conversationId = "conversation";

const inAcked = `mutation ($conversationId: ID!, $upToMessageId: ID!) {
  bulkMarkRead(input: { conversationId: $conversationId, upToMessageId: $upToMessageId }) {
    changed cursor conversation { id } } }`;

const bySet = `mutation ($conversationId: ID!, $messageId: Int!) {
  markUpTo(conversationId: $conversationId, messageId: $messageId) }`;

/** `bulkMarkRead`. */
export const markInAcked: MarkUpTo = (host, readerId, seq) => {
  const upToMessageId = seededMessageId({ conversationId, seq });
  return overSocket(host, readerId, inAcked, { conversationId, upToMessageId });
};

/** The second peer: one INSERT … SELECT … ON CONFLICT. */
export const markBySet: MarkUpTo = (host, readerId, seq) =>
  overSocket(host, readerId, bySet, { conversationId, messageId: seq });

/** The first peer: a loop over the messages. */
export const markByLoop: MarkUpTo = async (host, readerId, seq) => {
  const connection = await HttpConnection.open(host);
  try {
    const authorization = await bearer(readerId);
    const path = `/conversations/${conversationId}/read`;
    const body = JSON.stringify({ upToMessageId: seq });
    return await timed(() => connection.post(path, authorization, body));
  } finally {
    connection.close();
  }
};

async function overSocket(
  host: string,
  readerId: string,
  operation: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<number> {
  const socket = await GraphqlSocket.open(host, await bearer(readerId));
  try {
    const text = JSON.stringify(variables);
    return await timed(() => socket.execute(operation, text));
  } finally {
    socket.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
