import { isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSchema } from "../../src/graphql/schema.js";
import { serverForFile } from "../support/for-file.js";
import {
  present,
  recipientsOf,
  roles,
  sees,
  World,
  type Role,
} from "./roles.js";

// R3, R57: every argument of every page, for everybody: a page shows no more than its object does, also with a
// place that somebody else was given.

const server = serverForFile();
let world: World;
/** Places in lists, as the sender was given them. */
let places: Record<"participants" | "messages" | "recipients", string>;
let cells = 0;
beforeAll(async () => {
  world = await new World(server).build(true);
  const asked = await world.ask(
    "sender",
    `query ($id: ID!, $message: ID!) {
      conversation(id: $id) {
        participants(first: 1) { pageInfo { endCursor } }
        messages(first: 1) { pageInfo { endCursor } }
      }
      message(id: $message) { status { recipients(first: 1) { pageInfo { endCursor } } } }
    }`,
    variables(),
  );
  const text = JSON.stringify(asked.data);
  const [participants = "", messages = "", recipients = ""] = [
    ...text.matchAll(/"endCursor":"([^"]+)"/g),
  ].map(([, cursor]) => cursor);
  places = { participants, messages, recipients };
});
afterAll(() => {
  process.stdout.write(`matrix of pages: ${cells} cells\n`);
});

const variables = () => ({
  id: world.known.conversationId,
  message: world.known.messages[2].id,
});

/** A page: what shows in it, by whom. */
interface Page {
  readonly of: "conversation" | "message" | "statusChanges";
  readonly ask: () => string;
  readonly shows: (role: Role) => readonly unknown[];
}

const names = (who: readonly Role[]) =>
  who.map((role) => world.chat.id(role)).sort();
const recipients = () => names(recipientsOf[3] ?? []);
const messages = (passed: string): Omit<Page, "shows"> => ({
  of: "conversation",
  ask: () => `messages(${passed}) { nodes { shown: seq } }`,
});
const people = (passed: () => string): Omit<Page, "shows"> => ({
  of: "conversation",
  ask: () => `participants(${passed()}) { nodes { user { shown: id } } }`,
});
const inStatus = (passed: () => string): Omit<Page, "shows"> => ({
  of: "message",
  ask: () =>
    `status { recipients(${passed()}) { nodes { user { shown: id } } } }`,
});

/** Every argument, and what a page that is asked for with it shows to those who see its object. */
const pages: Readonly<Record<string, Page>> = {
  "Conversation.participants(first)": {
    ...people(() => "first: 2"),
    shows: () => names(present).slice(0, 2),
  },
  "Conversation.participants(after)": {
    ...people(() => `after: "${places.participants}"`),
    shows: () => names(present).slice(1),
  },
  "Conversation.messages(first)": {
    ...messages("first: 2"),
    shows: (role) => sees[role].slice(0, 2),
  },
  "Conversation.messages(last)": {
    ...messages("last: 2"),
    shows: (role) => sees[role].slice(-2),
  },
  "Conversation.messages(after)": {
    of: "conversation",
    ask: () => `messages(after: "${places.messages}") { nodes { shown: seq } }`,
    shows: (role) => sees[role].filter((seq) => seq > 1),
  },
  "Conversation.messages(before)": {
    of: "conversation",
    ask: () =>
      `messages(last: 5, before: "${places.messages}") { nodes { shown: seq } }`,
    shows: () => [],
  },
  "MessageStatus.recipients(first)": {
    ...inStatus(() => "first: 2"),
    shows: () => recipients().slice(0, 2),
  },
  "MessageStatus.recipients(after)": {
    ...inStatus(() => `after: "${places.recipients}"`),
    shows: () => recipients().slice(1),
  },
  "MessageStatus.recipients(state)": {
    ...inStatus(() => "state: READ"),
    shows: () => names(["recipient"]),
  },
  "MessageStatusChange.messages(last)": {
    of: "statusChanges",
    ask: () => "nodes { messages(last: 1) { shown: seq } }",
    shows: () => [3],
  },
};

const roots: Record<Page["of"], string> = {
  conversation: "conversation(id: $id)",
  message: "message(id: $id)",
  statusChanges: "statusChanges(conversationId: $id, after: $after)",
};

it("every argument of a field below the operations is in the table", () => {
  const inSchema = Object.values(createSchema().getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !/^(__|Query$|Mutation$|Subscription$)/.test(name))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap(({ name, args }) =>
        args.map((argument) => `${type.name}.${name}(${argument.name})`),
      ),
    );
  expect(Object.keys(pages).sort()).toEqual(inSchema.sort());
});

describe("R3, R57: a page shows no more than its object, whatever it is asked with", () => {
  it.each(Object.keys(pages))("%s", async (argument) => {
    const page = pages[argument] as Page;
    const { of, ask, shows } = page;
    for (const role of roles) {
      const { id, message } = variables();
      const isOfStream = of === "statusChanges";
      const answer = await world.ask(
        role,
        `query ($id: ID!${isOfStream ? ", $after: Cursor!" : ""}) { ${roots[of]} { ${ask()} } }`,
        {
          id: of === "message" ? message : id,
          ...(isOfStream && { after: world.known.cursor }),
        },
      );
      const shown = [
        ...JSON.stringify(answer.data ?? null).matchAll(
          /"shown":("?)([^",}]+)\1/g,
        ),
      ].map(([, , value = ""]) => (/^\d$/.test(value) ? Number(value) : value));
      expect(shown, role).toEqual(sees[role].length > 0 ? shows(role) : []);
      cells++;
    }
  });
});
