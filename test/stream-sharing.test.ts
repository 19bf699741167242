import {
  GraphQLObjectType,
  execute,
  getNamedType,
  parse,
  type GraphQLField,
} from "graphql";
import { beforeAll, expect, it } from "vitest";
import { createDocumentCache } from "../src/gate/documents.js";
import { sharedContext } from "../src/graphql/context.js";
import { createSchema } from "../src/graphql/schema.js";
import type { SeenChange } from "../src/stream/visible-change.js";
import { serverForFile } from "./support/for-file.js";
import { say, viewer } from "./support/hub.js";

// One execution for many subscribers must never show one viewer what is another's.

const schema = createSchema();
const server = serverForFile();
beforeAll(async () => {
  for (const id of ["alice", "bob", "carol", "dave", "erin"])
    await server.services.users.ensure({
      id,
      displayName: id.toUpperCase(),
      avatarUrl: null,
    });
});

const isPerViewer = (field: GraphQLField<unknown, unknown>) =>
  field.astNode?.directives?.some(({ name }) => name.value === "perViewer") ??
  false;

/** Every field that is not marked, to a depth at which the schema has begun to repeat itself. */
function everythingShared(type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (isPerViewer(field)) return [];
    const inner = getNamedType(field.type);
    if (!(inner instanceof GraphQLObjectType)) return [field.name];
    const selection = depth === 0 ? "" : everythingShared(inner, depth - 1);
    return selection ? [`${field.name} { ${selection} }`] : [];
  });
  return fields.join(" ");
}

it("R20, R21: no field that is unmarked asks who the viewer is", async () => {
  const { services } = server;
  const { id } = await services.conversations.create(viewer("alice"), {
    id: null,
    title: "T",
    participantIds: ["bob", "carol"],
  });
  const place = await say(services, "alice", id);
  await services.receipts.mark(viewer("bob"), "READ", place, { upTo: false });
  const from = { version: 0, lastSeq: 0 };
  const audience = { self: null, seesReads: true, visible: null };
  const set = await services.changes.since(id, from);
  const change = (await services.view.seenBy(
    set,
    { audience, sentBy: null },
    "cursor",
  )) as SeenChange;
  const [selection = "", ofMessages = ""] = [
    "MessageStatusChange",
    "MessageAdded",
  ].map((name) => everythingShared(typeOf(name), 6));
  expect(selection).toContain("summaryText");
  expect(selection).not.toContain("unreadCount");
  const result = await execute({
    schema,
    document: parse(`subscription { messageStatusChanged { ${selection} } }`),
    rootValue: { messageStatusChanged: change },
    contextValue: sharedContext(services, "test", audience, null),
  });
  expect(result.errors).toBeUndefined();
  const added = await execute({
    schema,
    document: parse(`subscription { messageAdded { ${ofMessages} } }`),
    rootValue: { messageAdded: { cursor: "cursor", message: place } },
    contextValue: sharedContext(services, "test", audience, null),
  });
  expect(added.errors).toBeUndefined();
});

it("R20, R21: a document that selects any marked field is executed for each viewer", () => {
  const documents = createDocumentCache(schema);
  const marked = Object.values(schema.getTypeMap()).flatMap((type) =>
    type instanceof GraphQLObjectType
      ? Object.values(type.getFields())
          .filter(isPerViewer)
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  expect(marked).toEqual(
    expect.arrayContaining([
      "Conversation.unreadCount",
      "User.readReceipts",
      "MessageStatus.recipients",
      "Participant.readUpToSeq",
    ]),
  );
  const known = (selection: string) =>
    documents.get(`subscription { messageStatusChanged { ${selection} } }`);
  expect(known("cursor messages { id status { summaryText } }")).toMatchObject({
    isPerViewer: false,
  });
  expect(known("conversation { unreadCount }")).toMatchObject({
    isPerViewer: true,
  });
  expect(
    known("receipts { participant { user { unreadCount } } }"),
  ).toMatchObject({ isPerViewer: true });
  expect(
    known(
      "...F } } fragment F on MessageStatusChange { messages { status { recipients { totalCount } }",
    ),
  ).toMatchObject({ isPerViewer: true });
});

function typeOf(name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLObjectType)) throw new Error(`no type ${name}`);
  return type;
}

interface Change {
  messageStatusChanged: {
    conversation: { id: string };
    receipts: { kind: string; participant: { user: { id: string } } }[];
    messages: {
      status: {
        readCount: number;
        deliveredCount: number;
        summaryText: string;
      };
    }[];
  };
}

const watch = `subscription ($id: ID!) { messageStatusChanged(conversationId: $id) {
  reset conversation { id } receipts { kind participant { user { id } } } messages { id status { readCount deliveredCount summaryText } } } }`;

it("R20: who sees reads and who does not share one subscription, and nobody gets the other's bytes", async () => {
  const { services } = server;
  const { id } = await services.conversations.create(viewer("alice"), {
    id: null,
    title: null,
    participantIds: ["bob", "carol", "dave"],
  });
  // Carol hides her reads, and so sees nobody's. Dave hid one of his, and shows them again.
  await services.users.setReadReceipts("carol", false);
  const first = await say(services, "alice", id);
  await services.users.setReadReceipts("dave", false);
  await services.receipts.mark(viewer("dave"), "READ", first, { upTo: false });
  await services.users.setReadReceipts("dave", true);
  const watched = Object.fromEntries(
    ["alice", "bob", "carol", "dave"].map((userId) => [
      userId,
      server.connect(userId).subscribe<Change>(watch, { id }),
    ]),
  );
  while (services.hub.size.followers < 4)
    await new Promise((resolve) => setImmediate(resolve));
  await services.hub.sweep();
  const place = await say(services, "alice", id);
  await services.receipts.mark(viewer("bob"), "READ", place, { upTo: false });
  const seen = async (userId: string) =>
    (await watched[userId]?.next())?.data?.messageStatusChanged;
  const asRead = {
    receipts: [{ kind: "READ" }],
    messages: [
      {
        status: {
          readCount: 1,
          deliveredCount: 1,
          summaryText: "Read by 1 of 3",
        },
      },
    ],
  };
  const asDelivered = {
    receipts: [{ kind: "DELIVERED" }],
    messages: [
      {
        status: {
          readCount: 0,
          deliveredCount: 1,
          summaryText: "Delivered to 1 of 3",
        },
      },
    ],
  };
  expect(await seen("alice")).toMatchObject(asRead);
  expect(await seen("bob")).toMatchObject(asRead);
  expect(await seen("carol")).toMatchObject(asDelivered);
  expect(await seen("dave")).toMatchObject(asRead);

  await services.receipts.mark(viewer("carol"), "READ", place, { upTo: false });
  const toOthers = {
    receipts: [{ kind: "DELIVERED" }],
    messages: [
      {
        status: {
          readCount: 1,
          deliveredCount: 2,
          summaryText: "Read by 1 of 3",
        },
      },
    ],
  };
  expect(await seen("alice")).toMatchObject(toOthers);
  expect(await seen("bob")).toMatchObject(toOthers);
  expect(await seen("dave")).toMatchObject(toOthers);
  // R27: her own read reaches her own devices as what it is.
  expect(await seen("carol")).toMatchObject({
    receipts: [{ kind: "READ" }],
    messages: [{ status: { readCount: 1, deliveredCount: 2 } }],
  });

  // What is delivered already: hiding it again shows others nothing at all.
  await services.receipts.mark(viewer("dave"), "DELIVERED", place, {
    upTo: false,
  });
  for (const userId of ["alice", "bob", "carol", "dave"]) await seen(userId);
  await services.users.setReadReceipts("dave", false);
  expect(await seen("dave")).toMatchObject({ reset: true });
  await services.receipts.mark(viewer("dave"), "READ", place, { upTo: false });
  expect(await seen("dave")).toMatchObject({
    receipts: [{ kind: "READ", participant: { user: { id: "dave" } } }],
  });
  for (const userId of ["alice", "bob", "carol"])
    await watched[userId]?.expectSilence(100);
});

it("R26: with sentByViewer each sender hears of their own messages alone", async () => {
  const { services } = server;
  const { id } = await services.conversations.create(viewer("alice"), {
    id: null,
    title: null,
    participantIds: ["bob", "erin"],
  });
  const own = `subscription ($id: ID!) { messageStatusChanged(conversationId: $id, sentByViewer: true) {
    receipts { kind fromSeq toSeq participant { user { id } } } messageCount messages { seq } } }`;
  const watchers = ["alice", "bob"].map((userId) =>
    server
      .connect(userId)
      .subscribe<{ messageStatusChanged: unknown }>(own, { id }),
  );
  while (services.hub.size.followers < 2)
    await new Promise((resolve) => setImmediate(resolve));
  await services.hub.sweep();
  for (const sender of ["alice", "bob", "alice", "bob", "bob"])
    await say(services, sender, id);
  await services.receipts.mark(
    viewer("erin"),
    "READ",
    { conversationId: id, seq: 5 },
    { upTo: true },
  );
  const receipt = (fromSeq: number, toSeq: number) => ({
    kind: "READ",
    fromSeq,
    toSeq,
    participant: { user: { id: "erin" } },
  });
  expect((await watchers[0]?.next())?.data?.messageStatusChanged).toEqual({
    receipts: [receipt(1, 3)],
    messageCount: 2,
    messages: [{ seq: 3 }, { seq: 1 }],
  });
  expect((await watchers[1]?.next())?.data?.messageStatusChanged).toEqual({
    receipts: [receipt(2, 5)],
    messageCount: 3,
    messages: [{ seq: 5 }, { seq: 4 }, { seq: 2 }],
  });
  await services.receipts.mark(
    viewer("bob"),
    "READ",
    { conversationId: id, seq: 1 },
    { upTo: false },
  );
  expect((await watchers[0]?.next())?.data?.messageStatusChanged).toMatchObject(
    { messageCount: 1, messages: [{ seq: 1 }] },
  );
  await watchers[1]?.expectSilence(100);
});

it.each([[["left out", "null"]], [["null", "left out"]]])(
  "a variable that is left out has its default, beside a subscriber who gave null: %j",
  async (order) => {
    const { services } = server;
    const { id } = await services.conversations.create(viewer("alice"), {
      id: null,
      title: null,
      participantIds: ["bob", "carol"],
    });
    const document = `subscription ($id: ID!, $state: RecipientState = READ) {
      messageStatusChanged(conversationId: $id) {
        messages { status { recipients(state: $state) { totalCount } } } } }`;
    const socket = server.connect("alice");
    const before = services.hub.size.followers;
    const watchers = order.map((state) =>
      socket.subscribe<unknown>(document, {
        id,
        ...(state === "null" && { state: null }),
      }),
    );
    await expect.poll(() => services.hub.size.followers).toBe(before + 2);
    await services.hub.sweep();
    const place = await say(services, "alice", id);
    await services.receipts.mark(viewer("bob"), "READ", place, { upTo: false });
    for (const [i, state] of order.entries())
      expect((await watchers[i]?.next())?.data).toEqual({
        messageStatusChanged: {
          messages: [
            {
              status: { recipients: { totalCount: state === "null" ? 2 : 1 } },
            },
          ],
        },
      });
  },
);
