import { setTimeout as sleep } from "node:timers/promises";
import { endAfter, ask, say, type Attacker } from "./attacker.js";

/** One kind of hostile load: one turn of it. Resolves with how the server answered. */
export type Kind = (attacker: Attacker) => Promise<string>;

/** A text for each number up to `count`. */
export const each = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

/** Nested as deeply as the third argument says. */
const nested = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);

/** What anybody can send: the first table of the issue. Users send it too. */
export const strangers = {
  "100 validation errors in 200 kB": (attacker) =>
    attacker.post(
      `{ ${each(100, (i) => `x${i}`)} viewer { ${each(20_000, (i) => `b${i}: id`)} } }`,
    ),

  "wrong variables, 60 unknown keys": (attacker) =>
    attacker.post(
      `mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }`,
      {
        input: {
          big: "x".repeat(1_900_000),
          ...Object.fromEntries(
            Array.from({ length: 60 }, (_, i) => [`u${i}`, 1]),
          ),
        },
      },
    ),

  "10,000 directives": (attacker) =>
    attacker.post(`{ viewer { id ${"@include(if: true) ".repeat(10_000)} } }`),

  "60,000 aliases": (attacker) =>
    attacker.post(`{ ${each(60_000, (i) => `a${i}: __typename`)} }`),

  "8,000 fragments, each spread twice": (attacker) =>
    attacker.post(
      `{ viewer { ...F0 } } ${each(8_000, (i) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`)} fragment F8000 on User { id }`,
    ),

  "3,000 levels": (attacker) =>
    attacker.post(
      `{ viewer { ${nested("... { ", "", 3_000)} id ${"} ".repeat(3_000)} } }`,
    ),

  "a directive on the only field of a subscription": async (attacker) => {
    const query = `subscription ($d: Boolean!) { messageAdded @skip(if: $d) { cursor } }`;
    const socket = await attacker.admitted();
    ask(socket, "1", query, { d: true });
    void endAfter(socket, 2_000);
    return attacker.post(query, { d: true });
  },

  "messages that only servers send": async (attacker) => {
    const socket = await attacker.socket();
    say(socket, { type: "next", id: "1", payload: {} });
    return endAfter(socket, 5_000);
  },

  "bodies sent slowly": async (attacker) => {
    const socket = await attacker.connection();
    socket.write(
      "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n",
    );
    for (let i = 0; i < 20 && !socket.destroyed; i++) {
      socket.write(" ");
      await sleep(1_000);
    }
    const how = socket.destroyed ? "closed" : "held";
    socket.destroy();
    return how;
  },

  "heads sent slowly": async (attacker) => {
    const socket = await attacker.connection();
    socket.write("POST /graphql HTTP/1.1\r\n");
    for (let i = 0; i < 20 && !socket.destroyed; i++) {
      socket.write(`x${i}: y\r\n`);
      await sleep(1_000);
    }
    const how = socket.destroyed ? "closed" : "held";
    socket.destroy();
    return how;
  },

  "200 sockets that never begin": async (attacker) => {
    const opened = await Promise.all(
      Array.from({ length: 200 }, () => attacker.socket()),
    );
    const open = opened.filter(({ readyState, OPEN }) => readyState === OPEN);
    await Promise.all(opened.map((socket) => endAfter(socket, 2_000)));
    return `${open.length === opened.length ? "all" : "some"} let in`;
  },
} satisfies Record<string, Kind>;
