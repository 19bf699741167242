import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { closings } from "../../src/transport/socket/close-codes.js";
import { cleanupsAfterEachTest, serverForFile } from "../support/for-file.js";
import { RawSocket, type SocketEnd } from "../support/raw-socket.js";

// graphql-transport-ws, case by case, after
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

const server = serverForFile();
const cleanups = cleanupsAfterEachTest();
let token = "";
beforeAll(async () => {
  token = await server.token("a-client");
});

type Ending = keyof typeof closings;

/** Held by tests elsewhere, which bring a stop, a load, a clock or a slow reader. */
const elsewhere: Partial<Record<Ending, string>> = {
  goingAway: "test/stopping.test.ts",
  tryAgainLater: "test/overload.test.ts",
  tokenExpired: "test/stream-limits.test.ts",
  tooSlow: "test/stream-slow.test.ts",
  tooManySockets: "test/stream-dead.slow.test.ts",
  internalError: "nowhere: no message is known that leads to it",
};
const seen = new Set<Ending>();

async function open(protocols?: string | string[]): Promise<RawSocket> {
  const socket = await RawSocket.open(server.wsUrl, protocols);
  cleanups.push(async () => socket.terminate());
  return socket;
}

async function admitted(): Promise<RawSocket> {
  const socket = await RawSocket.admitted(server.wsUrl, token);
  cleanups.push(async () => socket.terminate());
  return socket;
}

/** Expects one of the closings of src/transport/socket/close-codes.ts. */
async function expectEnd(
  { closed }: { closed: Promise<SocketEnd> },
  ending: Ending,
): Promise<void> {
  const { code, reason } = closings[ending];
  const end = await closed;
  expect(end.code, end.reason).toBe(code);
  // 4400 names what is wrong with the message, 4409 the id.
  if (!["invalidMessage", "idInUse"].includes(ending))
    expect(end.reason).toBe(reason);
  seen.add(ending);
}

const events = `subscription { messageAdded { cursor } }`;

/** Asks for a socket by hand: ws gives up where the server chooses none of its subprotocols. */
async function endOfUpgrade(protocols: string | null): Promise<SocketEnd> {
  const { hostname, port } = new URL(server.url);
  const asked = request({
    ...{ hostname, port, path: "/graphql" },
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
      ...(protocols !== null && { "sec-websocket-protocol": protocols }),
    },
  });
  asked.end();
  const [, stream, head] = (await once(asked, "upgrade")) as [
    ...[IncomingMessage, Socket, Buffer],
  ];
  cleanups.push(async () => stream.destroy());
  const frame =
    head.length > 0 ? head : ((await once(stream, "data")) as [Buffer])[0];
  // A close frame, without a mask: its head, its length, the code, the reason.
  expect(frame[0]).toBe(0x88);
  const end = 2 + (frame[1] ?? 0);
  return {
    code: frame.readUInt16BE(2),
    reason: frame.subarray(4, end).toString(),
  };
}

describe("the subprotocol", () => {
  it.each([null, "graphql-ws", "soap, mqtt"])(
    "is refused with 4406 where the client offers %s",
    async (protocols) => {
      await expectEnd({ closed: endOfUpgrade(protocols) }, "wrongSubprotocol");
    },
  );

  it("is chosen among several that are offered", async () => {
    const { socket } = await open(["graphql-ws", "graphql-transport-ws"]);
    expect(socket.protocol).toBe("graphql-transport-ws");
  });
});

describe("the beginning", () => {
  it("connection_init is answered with connection_ack", async () => {
    const socket = await open();
    socket.init(token);
    expect((await socket.next()).type).toBe("connection_ack");
  });

  it("a second connection_init is 4429, after the ack", async () => {
    const socket = await admitted();
    socket.init(token);
    await expectEnd(socket, "secondInit");
  });

  it("a second connection_init is 4429, before the ack too", async () => {
    const socket = await open();
    socket.init(token);
    socket.init(token);
    await expectEnd(socket, "secondInit");
  });

  it.each([
    ["no payload", undefined],
    ["no token", {}],
    ["a token that is not good", { authorization: "Bearer x.y.z" }],
    ["a token that is no text", { authorization: { bearer: 1 } }],
  ])("connection_init with %s is 4403", async (_, payload) => {
    const socket = await open();
    socket.send({ type: "connection_init", payload });
    await expectEnd(socket, "forbidden");
    expect(socket.received).toEqual([]);
  });

  it("a client that says nothing is closed with 4408", async () => {
    await expectEnd(await open(), "initTimeout");
  });

  it("subscribe before the ack is 4401", async () => {
    const socket = await open();
    socket.subscribe("1", "{ viewer { id } }");
    await expectEnd(socket, "notAcknowledged");
  });

  it("complete before the ack is no reason to close", async () => {
    const socket = await open();
    socket.send({ type: "complete", id: "1" });
    await socket.settled();
  });
});

describe("ping and pong", () => {
  it("a ping is answered at any time, with its payload", async () => {
    const socket = await open();
    socket.send({ type: "ping", payload: { a: 1 } });
    expect(await socket.next()).toEqual({ type: "pong", payload: { a: 1 } });
    socket.init(token);
    expect((await socket.next()).type).toBe("connection_ack");
    socket.send({ type: "ping" });
    expect(await socket.next()).toEqual({ type: "pong" });
  });

  it("a pong that nobody asked for is taken in silence", async () => {
    const socket = await admitted();
    socket.send({ type: "pong" });
    socket.send({ type: "pong", payload: { a: 1 } });
    await socket.settled();
    expect(socket.received.map(({ type }) => type)).toEqual([
      ...["connection_ack", "pong"],
    ]);
  });
});

describe("messages that are none", () => {
  const payload = { query: "{ viewer { id } }" };
  const wrong: [string, unknown][] = [
    ["no JSON", "{"],
    ["nothing", ""],
    ["null", "null"],
    ["a number", "1"],
    ["a list", []],
    ["an object without a type", {}],
    ["an unknown type", { type: "start", id: "1", payload }],
    ["a type of another case", { type: "Subscribe", id: "1", payload }],
    ["a type that every object has", { type: "constructor" }],
    ["a type that is no text", { type: { toString: 1 } }],
    ["subscribe without an id", { type: "subscribe", payload }],
    ["subscribe with an empty id", { type: "subscribe", id: "", payload }],
    [
      "subscribe with a number for an id",
      { type: "subscribe", id: 1, payload },
    ],
    ["subscribe without a payload", { type: "subscribe", id: "1" }],
    [
      "subscribe without a query",
      { type: "subscribe", id: "1", payload: { operationName: "a" } },
    ],
    [
      "subscribe with a query that is no text",
      { type: "subscribe", id: "1", payload: { query: 1 } },
    ],
    [
      "subscribe with variables that are no object",
      { type: "subscribe", id: "1", payload: { ...payload, variables: "x" } },
    ],
    [
      "subscribe with an operationName that is no text",
      { type: "subscribe", id: "1", payload: { ...payload, operationName: 1 } },
    ],
    [
      "subscribe with extensions that are no object",
      { type: "subscribe", id: "1", payload: { ...payload, extensions: 1 } },
    ],
    ["complete without an id", { type: "complete" }],
    ["complete with an empty id", { type: "complete", id: "" }],
    ["ping with a payload that is no object", { type: "ping", payload: 1 }],
    ["pong with a payload that is no object", { type: "pong", payload: "x" }],
    // Only servers send these.
    ["connection_ack", { type: "connection_ack" }],
    ["next", { type: "next", id: "1", payload: { data: {} } }],
    ["error", { type: "error", id: "1", payload: [{ message: "x" }] }],
  ];

  it.each(wrong)("%s is 4400", async (_, message) => {
    const socket = await admitted();
    socket.send(message);
    await expectEnd(socket, "invalidMessage");
  });

  it.each(wrong)(
    "before connection_init, %s is 4400 too",
    async (_, message) => {
      const socket = await open();
      socket.send(message);
      await expectEnd(socket, "invalidMessage");
    },
  );

  it("connection_init with a payload that is no object is 4400", async () => {
    const socket = await open();
    socket.send({ type: "connection_init", payload: "x" });
    await expectEnd(socket, "invalidMessage");
  });
});

describe("frames", () => {
  it("an opcode that does not exist is 1002", async () => {
    const socket = await admitted();
    socket.sendBytes(Buffer.from([0x83, 0x80, 0, 0, 0, 0]));
    await expectEnd(socket, "brokenFrame");
  });

  it("a frame without a mask is 1002", async () => {
    const socket = await admitted();
    socket.sendBytes(Buffer.from([0x81, 0x01, 0x7b]));
    await expectEnd(socket, "brokenFrame");
  });

  it("text that is not UTF-8 is 1007", async () => {
    const socket = await admitted();
    socket.send(Buffer.from([0xc3, 0x28]));
    await expectEnd(socket, "notUtf8");
  });

  it("a message of more than 2 MiB is 1009", async () => {
    const socket = await admitted();
    socket.send({
      type: "ping",
      payload: { x: "x".repeat(2 * 1_024 * 1_024) },
    });
    await expectEnd(socket, "messageTooLong");
  });
});

describe("operations", () => {
  it("a query is one next and one complete", async () => {
    const socket = await admitted();
    socket.subscribe("q", "{ viewer { id } }");
    expect(await socket.next()).toEqual({
      type: "next",
      id: "q",
      payload: { data: { viewer: { id: "a-client" } } },
    });
    expect(await socket.next()).toEqual({ type: "complete", id: "q" });
    await socket.settled();
    expect(socket.received).toHaveLength(4);
  });

  it("an error in execution is part of next", async () => {
    const socket = await admitted();
    socket.subscribe(
      "m",
      `mutation { markRead(input: { messageId: "nothing" }) { changed } }`,
    );
    const { type, payload } = await socket.next();
    expect(type).toBe("next");
    expect(payload).toMatchObject({
      data: null,
      errors: [{ extensions: { code: "NOT_FOUND" } }],
    });
    expect(await socket.next()).toEqual({ type: "complete", id: "m" });
  });

  it.each([
    ["no GraphQL", "{"],
    ["not valid", "{ nothing }"],
    ["without an operation", "fragment a on User { id }"],
  ])(
    "a document that is %s is one error, no complete, and leaves its id free",
    async (_, query) => {
      const socket = await admitted();
      socket.subscribe("e", query);
      const { type, id, payload } = await socket.next();
      expect([type, id]).toEqual(["error", "e"]);
      expect(payload).toMatchObject([
        { extensions: { code: "BAD_USER_INPUT" } },
      ]);
      socket.subscribe("e", "{ viewer { id } }");
      expect((await socket.next()).type).toBe("next");
      expect((await socket.next()).type).toBe("complete");
    },
  );

  it("an id that is in use is 4409", async () => {
    const socket = await admitted();
    socket.subscribe("s", events);
    socket.subscribe("s", events);
    await expectEnd(socket, "idInUse");
    expect((await socket.closed).reason).toBe(
      "Subscriber for s already exists",
    );
  });

  it("an id is free once its operation is completed, by either side", async () => {
    const socket = await admitted();
    for (let i = 0; i < 3; i++) {
      socket.subscribe("s", events);
      socket.send({ type: "complete", id: "s" });
    }
    await socket.settled();
    socket.subscribe("s", "{ viewer { id } }");
    expect((await socket.next()).type).toBe("next");
    expect((await socket.next()).type).toBe("complete");
    socket.subscribe("s", events);
    await socket.settled();
  });

  it("completing an id that is not in use is taken in silence", async () => {
    const socket = await admitted();
    socket.send({ type: "complete", id: "never" });
    socket.subscribe("q", "{ viewer { id } }");
    await socket.next();
    await socket.next();
    socket.send({ type: "complete", id: "q" });
    await socket.settled();
    expect(socket.received.at(-1)?.type).toBe("pong");
  });

  it("nothing comes for an id that the client has completed", async () => {
    const socket = await admitted();
    const other = await admitted();
    for (const each of [socket, other]) each.subscribe("s", events);
    await Promise.all([socket.settled(), other.settled()]);
    socket.send({ type: "complete", id: "s" });
    await socket.settled();
    const before = socket.received.length;
    const id = `protocol-${crypto.randomUUID()}`;
    await server.execute(
      "a-client",
      `mutation ($id: ID!) { createConversation(input: { id: $id, participantIds: ["b"] }) { conversation { id } } }`,
      { id },
    );
    await server.execute(
      "a-client",
      `mutation ($id: ID!) { sendMessage(input: { conversationId: $id, clientId: "1", body: "x" }) { duplicate } }`,
      { id },
    );
    while ((await other.next()).type !== "next");
    await socket.settled();
    expect(socket.received.slice(before).map(({ type }) => type)).toEqual([
      "pong",
    ]);
  });

  it("operations run beside each other, each under its id", async () => {
    const socket = await admitted();
    const ids = Array.from({ length: 20 }, (_, i) => `q${i}`);
    for (const id of ids) socket.subscribe(id, "{ viewer { id } }");
    const ended = new Map<string, string[]>();
    for (let i = 0; i < 2 * ids.length; i++) {
      const { type, id = "" } = await socket.next();
      ended.set(id, [...(ended.get(id) ?? []), type]);
    }
    expect([...ended.keys()].sort()).toEqual([...ids].sort());
    for (const types of ended.values())
      expect(types).toEqual(["next", "complete"]);
  });
});

it("every code that the server closes with has a case here or a test elsewhere", () => {
  const all = Object.keys(closings) as Ending[];
  expect(
    all.filter(
      (ending) => !seen.has(ending) && elsewhere[ending] === undefined,
    ),
  ).toEqual([]);
});
