import { once } from "node:events";
import { WebSocket } from "ws";
import { seededMessageId } from "../support/acked-chats.js";
import { bearer } from "../support/tokens.js";

/** The conversation that the flooding user is in with the honest ones. */
export const conversationId = "conversation";
export const flooder = "flooder";

const unread = "{ viewer { unreadCount } }";
const sync = `mutation ($receipts: [ReceiptInput!]!) {
  syncReceipts(input: { receipts: $receipts }) { results { changed } } }`;

/** One user who takes all that they are given. */
export interface Flood {
  readonly name: string;
  readonly begin: (host: string) => Promise<() => void>;
}

/** A socket that asks again as soon as it is answered, whatever the answer is. */
async function insist(
  host: string,
  underWay: number,
  message: (id: number) => string,
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${host}/graphql`, "graphql-transport-ws");
  await once(socket, "open");
  const admitted = once(socket, "message");
  const payload = { authorization: await bearer(flooder) };
  socket.send(JSON.stringify({ type: "connection_init", payload }));
  await admitted;
  let id = 0;
  const ask = () => {
    if (socket.readyState === socket.OPEN) socket.send(message(id++));
  };
  socket.on("message", (data: Buffer) => {
    const end = data.subarray(-40).toString();
    if (end.includes('"complete"') || data.includes('"type":"error"')) ask();
  });
  for (let i = 0; i < underWay; i++) ask();
  return socket;
}

const asking = (query: string, variables: () => object) => (id: number) =>
  JSON.stringify({
    id: String(id),
    type: "subscribe",
    payload: { query, variables: variables() },
  });

let seq = 0;
const nextMarks = (messages: number) => ({
  receipts: Array.from({ length: 500 }, () => ({
    messageId: seededMessageId({ conversationId, seq: (seq++ % messages) + 1 }),
    kind: "READ",
  })),
});

/** The floods, at a share of their full size. */
export function floods(messages: number, scale: number): readonly Flood[] {
  const count = (full: number) => Math.max(1, Math.round(full * scale));
  return [
    {
      name: `one socket, ${count(1_900)} operations under way`,
      async begin(host) {
        const message = asking(unread, () => ({}));
        const socket = await insist(host, count(1_900), message);
        return () => socket.terminate();
      },
    },
    {
      name: `${count(40)} requests under way of 500 marks`,
      async begin(host) {
        const message = asking(sync, () => nextMarks(messages));
        const socket = await insist(host, count(40), message);
        return () => socket.terminate();
      },
    },
  ];
}
