import { randomUUID } from "node:crypto";
import { ask, endAfter } from "./attacker.js";
import { each, type Kind } from "./strangers.js";

/** How long a socket that was filled stays open, in milliseconds. */
const socketMs = 4_000;

const recipients = `conversations(first: 20) { nodes { messages(last: 100) { nodes { status { recipients(first: 500) { nodes { user { displayName } state readAt } } } } } } }`;
const pages = `messages(last: 100) { nodes { id body`;

/** What any user can send: the second table of the issue. */
export const users = {
  "20 × 100 × 500 recipients": (attacker) => attacker.post(`{ ${recipients} }`),

  "messages of conversations of messages": (attacker) =>
    attacker.post(
      `{ conversation(id: "${attacker.conversations[0] ?? ""}") { ${pages} conversation { ${pages} conversation { ${pages} } } } } } } } } } }`,
    ),

  "1,000 aliases of createConversation": (attacker) =>
    attacker.post(
      `mutation { ${each(1_000, (i) => `a${i}: createConversation(input: { participantIds: ["nobody-${i}"] }) { conversation { id } }`)} }`,
    ),

  "10,000 unread counts": (attacker) =>
    attacker.post(
      `{ ${each(10_000, (i) => `a${i}: viewer { unreadCount }`)} }`,
    ),

  "250 subscribes with 1.9 MB of variables": async (attacker) => {
    const socket = await attacker.admitted();
    for (let i = 0; i < 250; i++)
      ask(
        socket,
        String(i),
        `subscription ($id: ID!) { messageAdded(conversationId: $id) { cursor } }`,
        { id: randomUUID(), big: "x".repeat(1_900_000) },
      );
    return endAfter(socket, socketMs);
  },

  "wrong documents of 20 kB": async (attacker) => {
    const socket = await attacker.admitted();
    for (let i = 0; i < 200; i++)
      ask(
        socket,
        String(i),
        `{ ${each(1_400, (j) => `x${j}_${randomUUID().slice(0, 4)}`)} }`.slice(
          0,
          19_000,
        ) + " }",
      );
    return endAfter(socket, socketMs);
  },

  "1,900 operations on one socket": async (attacker) => {
    const socket = await attacker.admitted();
    for (let i = 0; i < 1_900; i++)
      ask(
        socket,
        String(i),
        `{ conversations { nodes { id unreadCount lastMessage { body } } } }`,
      );
    return endAfter(socket, socketMs);
  },

  "40 requests of 500 marks": async (attacker) => {
    const receipts = Array.from({ length: 500 }, (_, i) => ({
      messageId: `unknown-${i}`,
      kind: "READ",
    }));
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        attacker.post(
          `mutation ($receipts: [ReceiptInput!]!) { syncReceipts(input: { receipts: $receipts }) { results { error } } }`,
          { receipts },
        ),
      ),
    );
    return answers.at(-1) ?? "";
  },

  "300 large answers that nobody reads": async (attacker) => {
    const socket = await attacker.admitted();
    socket.pause();
    for (let i = 0; i < 300; i++)
      ask(
        socket,
        String(i),
        `{ conversations(first: 20) { nodes { ${pages} clientId sentAt sender { displayName } } } } } }`,
      );
    return endAfter(socket, socketMs * 2);
  },

  "10,000 subscriptions to one conversation": async (attacker) => {
    const [id = ""] = attacker.conversations;
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => attacker.admitted()),
    );
    for (const socket of sockets)
      for (let i = 0; i < 500; i++)
        ask(
          socket,
          String(i),
          `subscription ($id: ID!) { messageStatusChanged(conversationId: $id) { cursor messageCount } }`,
          { id },
        );
    for (let i = 0; i < 5; i++)
      await attacker.post(
        `mutation ($id: ID!, $clientId: String!) { sendMessage(input: { conversationId: $id, clientId: $clientId, body: "x" }) { duplicate } }`,
        { id, clientId: randomUUID() },
      );
    const ends = await Promise.all(
      sockets.map((socket) => endAfter(socket, socketMs)),
    );
    return ends.at(-1) ?? "";
  },

  "300 sockets of one user": async (attacker) => {
    const sockets = await Promise.all(
      Array.from({ length: 300 }, () => attacker.admitted()),
    );
    const open = sockets.filter(({ readyState, OPEN }) => readyState === OPEN);
    await Promise.all(sockets.map((socket) => endAfter(socket, socketMs)));
    return `${open.length === sockets.length ? "all" : "some"} let in`;
  },

  "subscribe and complete, 2,000 times": async (attacker) => {
    const socket = await attacker.admitted();
    for (let i = 0; i < 2_000; i++) {
      ask(socket, "1", `subscription { messageAdded { cursor } }`);
      socket.send(
        JSON.stringify({ id: "1", type: "complete" }),
        () => undefined,
      );
    }
    return endAfter(socket, socketMs);
  },
} satisfies Record<string, Kind>;
