import { isEnumType, isObjectType, type GraphQLObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSchema } from "../../src/graphql/schema.js";
import { serverForFile } from "../support/for-file.js";
import { fields, same, sealed, there, type Look } from "./fields.js";
import { values } from "./operations.js";
import { roles, sees, World, type Role } from "./roles.js";
import { everyField, fieldsIn, type Seen } from "./selections.js";

// R3, R20, R57: every field of every object, for everybody who may ask, against the table of fields.ts. The
// schema is read: a field that is added to it and not to the table fails here.

const server = serverForFile();
const schema = createSchema();
const typeOf = (name: string) => schema.getType(name) as GraphQLObjectType;
const looked = new Map<string, number>();
afterAll(() => {
  const cells = [...looked.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `matrix of fields: ${cells} cells of ${looked.size} fields\n`,
  );
});

/** Types whose fields are operations, or answers of mutations: operations.test.ts has these. */
const isElsewhere =
  /^(__|Query$|Mutation$|Subscription$|\w+Payload$|ReceiptResult$)/;

/** Below a list of changes, the conversation's pages would be asked for once more. */
const pages = [
  ...["Conversation.participants", "Conversation.messages"],
  ...["Conversation.lastMessage", "Conversation.firstUnread"],
  "MessageStatus.recipients",
];

/** What is asked for: each with the type of its answer, and the roles that see something. */
const probes = [
  {
    root: "conversation",
    type: "Conversation",
    query: `query ($id: ID!) { conversation(id: $id) { ${everyField(typeOf("Conversation"))} } }`,
    isFor: (role: Role) => sees[role].length > 0,
  },
  ...([1, 2, 3] as const).map((seq) => ({
    root: "message",
    type: "Message",
    query: `query ($m${String(seq)}: ID!) { message(id: $m${String(seq)}) { ${everyField(typeOf("Message"), pages.slice(0, 4))} } }`,
    isFor: (role: Role) => sees[role].includes(seq),
  })),
  {
    root: "conversations",
    type: "ConversationConnection",
    query: `{ conversations(first: 6) { ${everyField(typeOf("ConversationConnection"), pages)} } }`,
    isFor: (role: Role) => sees[role].length > 0 && role !== "service",
  },
  {
    root: "statusChanges",
    type: "StatusChangePage",
    query: `query ($id: ID, $after: Cursor!) { statusChanges(conversationId: $id, after: $after, first: 6) { ${everyField(typeOf("StatusChangePage"), pages)} } }`,
    isFor: (role: Role) => sees[role].length > 0,
  },
];

/** Everything that somebody in a role is shown, by what was asked for. */
async function shownTo(world: World, role: Role) {
  const { conversationId, cursor, messages } = world.known;
  const [m1, m2, m3] = messages.map(({ id }) => id);
  const ids: Record<string, unknown> = { m1, m2, m3, id: conversationId };
  return Promise.all(
    probes.map(async ({ root, type, query, isFor }) => {
      const variables = Object.fromEntries(
        Object.entries({ ...ids, after: cursor }).filter(([name]) =>
          query.includes(`$${name}`),
        ),
      );
      const answer = await world.ask(role, query, variables);
      const value = answer.data?.[root] as Record<string, unknown> | null;
      const seen = value ? fieldsIn(typeOf(type), value) : [];
      return { root, answer, seen, isFor: isFor(role) };
    }),
  );
}

/** What is wrong with a field as somebody sees it; null where nothing is. */
function problemWith(
  seen: Seen,
  look: Look,
  reference: ReadonlyMap<string, unknown>,
): string | null {
  const rule = fields[seen.field];
  if (!rule) return `${seen.field} is not in the table`;
  looked.set(seen.field, (looked.get(seen.field) ?? 0) + 1);
  const expected = rule(seen, look);
  const { value, field, object } = seen;
  const told = reference.get(`${field} of ${object}`);
  const isRight =
    expected === there
      ? value !== null && value !== undefined
      : expected === sealed
        ? value === null || /^[\w-]{60,}$/.test(value as string)
        : expected === same
          ? value === told
          : value === expected;
  const text = expected === same ? told : expected;
  return isRight
    ? null
    : `${field} of ${object} is ${String(value)} for ${look.role}, and not ${String(text)}`;
}

const referenceOf = (shown: Awaited<ReturnType<typeof shownTo>>) =>
  new Map(
    shown.flatMap(({ seen }) =>
      seen.map(({ field, object, value }) => [`${field} of ${object}`, value]),
    ),
  );

describe("the table has the whole schema", () => {
  it("every field of every object, and no other", () => {
    const inSchema = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => !/^(__|Query$|Mutation$|Subscription$)/.test(name))
      .flatMap((type) =>
        Object.keys(type.getFields()).map((field) => `${type.name}.${field}`),
      );
    expect(Object.keys(fields).sort()).toEqual(inSchema.sort());
  });

  it("every value of every enumeration: a new role, state or policy needs a decision", () => {
    const inSchema = Object.values(schema.getTypeMap())
      .filter(isEnumType)
      .filter(({ name }) => !name.startsWith("__"))
      .map((type) => [type.name, type.getValues().map(({ name }) => name)]);
    expect(values).toEqual(Object.fromEntries(inSchema));
  });
});

const worlds = (["FULL", "COUNTS", "OFF"] as const).flatMap((policy) =>
  [true, false].map((recipientShows) => ({ policy, recipientShows })),
);

describe.each(worlds)(
  "R3, R20, R39, R42, R43, R57: every field under $policy, where the recipient shows what they read: $recipientShows",
  ({ policy, recipientShows }) => {
    let world: World;
    let reference: ReadonlyMap<string, unknown>;
    beforeAll(async () => {
      world = await new World(server).build(recipientShows, policy);
      reference = referenceOf(await shownTo(world, "sender"));
    });

    const cases = roles.flatMap((role) =>
      preferencesOf(role).map((viewerShows) => ({ role, viewerShows })),
    );

    /** Whether somebody in a role shows what they read: one way, or the other as well. */
    function preferencesOf(role: Role): boolean[] {
      if (role === "recipient") return [recipientShows];
      const hasNone = role === "service" || sees[role].length === 0;
      return hasNone ? [true] : [true, false];
    }

    it.each(cases)(
      "for $role, who shows what they read: $viewerShows",
      async ({ role, viewerShows }) => {
        const isSwitched = !viewerShows && role !== "recipient";
        if (isSwitched) await world.chat.hideReads(role);
        const shown = await shownTo(world, role);
        if (isSwitched) await world.chat.showReads(role);
        const { known: names } = world;
        const look: Look = {
          ...{ role, recipientShows, viewerShows, policy, names },
        };
        for (const { root, answer, seen, isFor } of shown) {
          if (!isFor) {
            const visible = seen.filter(({ field }) =>
              /^(Message|Participant|RecipientStatus|Receipt)\./.test(field),
            );
            if (root !== "conversations" || role !== "service")
              expect(visible, `${root} for ${role}`).toEqual([]);
            continue;
          }
          expect(answer.errors, `${root} for ${role}`).toBeUndefined();
          expect(seen.length, `${root} for ${role}`).toBeGreaterThan(0);
          expect(
            seen.flatMap((one) => problemWith(one, look, reference) ?? []),
          ).toEqual([]);
        }
      },
    );
  },
);

it("every field of the table was looked at", () => {
  const missed = Object.keys(fields).filter(
    (field) =>
      !isElsewhere.test(field.split(".")[0] ?? "") &&
      !looked.has(field) &&
      !field.startsWith("MessageAdded."),
  );
  expect(missed).toEqual([]);
});
