import { describe, expect, it } from "vitest";
import { createStreamCursors } from "../src/stream/cursor.js";
import { partsOf } from "../src/stream/snapshot.js";
import { dataOf, type Message } from "./support/chat.js";
import { chatForEachTest, serverForFile } from "./support/for-file.js";
import type { Events, TestSocket } from "./support/server.js";

// Where cursors lead to, as clients hand them back: exactly on, over all conversations without a gap,
// and to a clear answer where they lead nowhere.

const server = serverForFile();
const chat = chatForEachTest(server);

const statusDocument = `subscription ($id: ID, $after: Cursor, $own: Boolean! = false) {
  messageStatusChanged(conversationId: $id, after: $after, sentByViewer: $own) {
    cursor reset messageCount
    conversation { id unreadCount }
    receipts { kind fromSeq toSeq participant { user { id } } }
    messages { id }
  }
}`;
const addedDocument = `subscription ($id: ID, $after: Cursor) {
  messageAdded(conversationId: $id, after: $after) { cursor message { body } }
}`;
const changesDocument = `query ($id: ID, $after: Cursor!, $first: Int! = 100) {
  statusChanges(conversationId: $id, after: $after, first: $first) {
    nodes { reset messageCount conversation { id } messages { id } }
    endCursor hasNextPage
  }
}`;

interface Told {
  readonly cursor: string;
  readonly reset: boolean;
  readonly messageCount: number;
  readonly conversation: { readonly id: string; readonly unreadCount: number };
  readonly receipts: readonly {
    readonly kind: string;
    readonly fromSeq: number;
    readonly toSeq: number;
    readonly participant: { readonly user: { readonly id: string } };
  }[];
  readonly messages: readonly { readonly id: string }[];
}
type Watching = Events<{ messageStatusChanged: Told }>;
type Listening = Events<{
  messageAdded: { cursor: string; message: { body: string } };
}>;

interface Changes {
  readonly nodes: readonly (Pick<
    Told,
    "reset" | "messageCount" | "messages"
  > & {
    readonly conversation: { readonly id: string };
  })[];
  readonly endCursor: string;
  readonly hasNextPage: boolean;
}

const told = async (watching: Watching) =>
  dataOf(await watching.next()).messageStatusChanged;
const body = async (listening: Listening) =>
  dataOf(await listening.next()).messageAdded.message.body;

const connect = (name: string): TestSocket => server.connect(chat.id(name));

async function changes(
  name: string,
  variables: Record<string, unknown>,
): Promise<Changes> {
  const { statusChanges } = await chat.get<{ statusChanges: Changes }>(
    name,
    changesDocument,
    variables,
  );
  return statusChanges;
}

/** What is wrong with a subscription, as it is told at once. */
async function refusalOf(events: Events<unknown>): Promise<unknown> {
  return (await events.next()).errors;
}

describe("R22: a cursor over all conversations", () => {
  it("goes on exactly, in the conversation that it was read from", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice", "old");
    const after = await chat.cursor("bob");
    await chat.say("alice", "fresh");
    const listening: Listening = connect("bob").subscribe(addedDocument, {
      after,
    });
    expect(await body(listening)).toBe("fresh");
  });

  it("brings nothing again of what was there in others", async () => {
    const first = await chat.conversation("alice", "bob");
    await chat.say("alice", "old, in one");
    const second = await chat.conversation("alice", "bob");
    await chat.say("alice", "old, in another");
    const after = await chat.cursor("bob");
    for (const id of [first, second]) {
      chat.conversationId = id;
      await chat.say("alice", "fresh");
    }
    const listening: Listening = connect("bob").subscribe(addedDocument, {
      after,
    });
    expect([await body(listening), await body(listening)]).toEqual([
      "fresh",
      "fresh",
    ]);
    await listening.expectSilence(200);
  });

  it("goes on exactly after an event, in that event's conversation", async () => {
    await chat.conversation("alice", "bob");
    const first = await chat.say("alice");
    const second = await chat.say("alice");
    const socket = connect("alice");
    const watching: Watching = socket.subscribe(statusDocument, {
      after: await chat.cursor("alice"),
    });
    await chat.read("bob", first);
    const { cursor } = await told(watching);
    watching.stop();
    await chat.read("bob", second);
    const resumed: Watching = socket.subscribe(statusDocument, {
      after: cursor,
    });
    expect((await told(resumed)).messages).toEqual([{ id: second.id }]);
  });
});

describe("R22: statusChanges", () => {
  it("over all conversations tells everything once: asked again, it has nothing new", async () => {
    const { after, read } = await threeReads();
    const page = await changes("alice", { after });
    expect(page.nodes).toHaveLength(read.length);
    await expect
      .poll(
        async () => (await changes("alice", { after: page.endCursor })).nodes,
      )
      .toEqual([]);
  });

  /** Three conversations, in each of which one message is read. */
  async function threeReads(): Promise<{ after: string; read: Message[] }> {
    const said: [string, Message][] = [];
    for (let i = 0; i < 3; i++)
      said.push([
        await chat.conversation("alice", "bob"),
        await chat.say("alice"),
      ]);
    const after = await chat.cursor("alice");
    const read: Message[] = [];
    for (const [conversationId, message] of said) {
      chat.conversationId = conversationId;
      await chat.read("bob", message);
      read.push(message);
    }
    return { after, read };
  }

  it("is paged over all conversations, and each page goes on where the last one ended", async () => {
    const { after, read } = await threeReads();
    const seen: string[] = [];
    let page = await changes("alice", { after, first: 1 });
    for (;;) {
      expect(page.nodes.length).toBeLessThanOrEqual(1);
      seen.push(
        ...page.nodes.flatMap(({ messages }) => messages.map((m) => m.id)),
      );
      if (!page.hasNextPage) break;
      page = await changes("alice", { after: page.endCursor, first: 1 });
    }
    expect(seen).toEqual(read.map(({ id }) => id));
  });

  it("with `first: 0` skips nothing, in one conversation or in all", async () => {
    const { after, read } = await threeReads();
    for (const id of [chat.conversationId, null]) {
      const none = await changes("alice", { after, id, first: 0 });
      expect(none).toMatchObject({ nodes: [], hasNextPage: true });
      const all = await changes("alice", { after: none.endCursor, id });
      expect(all.nodes.flatMap(({ messages }) => messages)).toHaveLength(
        id === null ? read.length : 1,
      );
      const over = await changes("alice", {
        after: await chat.cursor("alice"),
        id: chat.conversationId,
        first: 0,
      });
      expect(over.hasNextPage).toBe(false);
    }
  });
});

describe("R25: a cursor that can't be honoured", () => {
  /** Cursors that lead nowhere, made from a genuine one. */
  const beyond = (genuine: string) => {
    const { head, seal } = server.services;
    const cursor = head.decode(genuine);
    const { snapshot, origin } = cursor;
    if (!origin) throw new Error("the cursor names no origin");
    const next = partsOf(snapshot).xmax + 1_000;
    return {
      "a version that the conversation never had": head.encode({
        ...cursor,
        origin: { ...origin, version: 1_000 },
      }),
      "a version that another transaction made": head.encode({
        ...cursor,
        origin: { ...origin, xid: origin.xid - 1 },
      }),
      "a witness that never was": head.encode({
        ...cursor,
        witness: { ...origin, conversationId: "no conversation" },
      }),
      "transactions that are still to come": head.encode({
        ...cursor,
        snapshot: `${next}:${next}:`,
        origin: null,
      }),
      "a timeline before this one": createStreamCursors(seal).encode({
        ...cursor,
        timeline: head.timeline - 1,
      }),
      "a timeline after this one": createStreamCursors(seal).encode({
        ...cursor,
        timeline: head.timeline + 1,
      }),
      "a version of this service that had no timelines": Buffer.from(
        JSON.stringify(["c2", Date.now(), [chat.conversationId, 1, 1], null]),
      ).toString("base64url"),
    };
  };

  it.each([
    "a version that the conversation never had",
    "a version that another transaction made",
    "a witness that never was",
    "transactions that are still to come",
    "a timeline before this one",
    "a timeline after this one",
    "a version of this service that had no timelines",
  ] as const)("gives one event with reset: %s", async (kind) => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    const after = beyond(await chat.cursor("alice"))[kind];
    for (const id of [chat.conversationId, null]) {
      const watching: Watching = connect("alice").subscribe(statusDocument, {
        id,
        after,
      });
      const reset = await told(watching);
      expect(reset).toMatchObject({ reset: true, receipts: [], messages: [] });
      expect((await changes("alice", { id, after })).nodes).toEqual([
        expect.objectContaining({ reset: true }),
      ]);
      // From the reset's cursor on all is as ever.
      watching.stop();
      await (id === null
        ? chat.read("bob", message)
        : chat.receive("bob", message));
      const resumed: Watching = connect("alice").subscribe(statusDocument, {
        id,
        after: reset.cursor,
      });
      expect(await told(resumed)).toMatchObject({
        reset: false,
        messages: [{ id: message.id }],
      });
    }
  });

  it("is BAD_USER_INPUT for new messages, which have no reset", async () => {
    await chat.conversation("alice", "bob");
    await chat.say("alice");
    const cursors = beyond(await chat.cursor("bob"));
    for (const after of Object.values(cursors))
      for (const id of [chat.conversationId, null])
        expect(
          await refusalOf(
            connect("bob").subscribe(addedDocument, { id, after }),
          ),
        ).toMatchObject([
          { extensions: { code: "BAD_USER_INPUT", argumentPath: ["after"] } },
        ]);
  });

  it("leads from one conversation into another by its snapshot", async () => {
    const first = await chat.conversation("alice", "bob");
    const after = await chat.cursor("alice");
    const second = await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.read("bob", message);
    const watching: Watching = connect("alice").subscribe(statusDocument, {
      id: second,
      after,
    });
    expect(await told(watching)).toMatchObject({
      reset: false,
      messages: [{ id: message.id }],
    });
    expect(first).not.toBe(second);
  });
});

describe("R26: sentByViewer", () => {
  it.each([[[false, true]], [[true, false]]])(
    "and all, in one document on one socket, get what they asked for: %j",
    async (order) => {
      await chat.conversation("alice", "bob", "carol");
      await chat.say("alice");
      const bobs = await chat.say("bob");
      const last = await chat.say("alice");
      const socket = connect("bob");
      const after = await chat.cursor("bob");
      const watching = new Map<boolean, Watching>();
      for (const own of order)
        watching.set(
          own,
          socket.subscribe(statusDocument, {
            id: chat.conversationId,
            after,
            own,
          }),
        );
      await chat.readUpTo("carol", last);
      const own = await told(watching.get(true) as Watching);
      expect(own).toMatchObject({
        messageCount: 1,
        messages: [{ id: bobs.id }],
        receipts: [{ fromSeq: 2, toSeq: 2 }],
      });
      const all = await told(watching.get(false) as Watching);
      expect(all).toMatchObject({
        messageCount: 3,
        receipts: [{ fromSeq: 1, toSeq: 3 }],
      });
    },
  );
});

describe("R27: a user's own marks", () => {
  it("reach their other devices, with the unread count that results", async () => {
    await chat.conversation("alice", "bob");
    const message = await chat.say("alice");
    await chat.say("alice");
    const [here, there] = [connect("bob"), connect("bob")];
    const variables = {
      id: chat.conversationId,
      after: await chat.cursor("bob"),
    };
    const watching: Watching[] = [here, there].map((socket) =>
      socket.subscribe(statusDocument, variables),
    );
    await chat.read("bob", message);
    for (const each of watching)
      expect(await told(each)).toMatchObject({
        conversation: { unreadCount: 1 },
        receipts: [
          { kind: "READ", participant: { user: { id: chat.id("bob") } } },
        ],
      });
  });
});

describe("R29: what an event is to hold", () => {
  it.each([
    ["last: 101", "messages(last: 101) { id }"],
    ["last: -1", "messages(last: -1) { id }"],
    [
      "first: 501",
      "messages { status { recipients(first: 501) { totalCount } } }",
    ],
  ])("is refused at once where it is too much: %s", async (_, selection) => {
    const id = await chat.conversation("alice", "bob");
    const refused = connect("alice").subscribe(
      `subscription ($id: ID) { messageStatusChanged(conversationId: $id) { ${selection} } }`,
      { id },
    );
    expect(await refusalOf(refused)).toMatchObject([
      { extensions: { code: "BAD_USER_INPUT" } },
    ]);
  });
});
