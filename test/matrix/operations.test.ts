import {
  getNamedType,
  isInputObjectType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLObjectType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSchema } from "../../src/graphql/schema.js";
import { serverForFile } from "../support/for-file.js";
import {
  asked,
  fieldOf,
  outcomeOf,
  withoutIds,
  type Answered,
} from "./asking.js";
import { fields } from "./fields.js";
import {
  itemFields,
  operations,
  outsiders,
  placeOfList,
  type Operation,
} from "./operations.js";
import { roles, World, type Names, type Role } from "./roles.js";
import { statementsOf } from "./statements.js";

// R18, R57, R28: every operation with every argument, for everybody, against the table of operations.ts. The
// schema is read: what is added to it and not to the table fails here.

const server = serverForFile({ METRICS_PORT: "0", SWEEP_MS: "60000" });
const schema = createSchema();
const cells = { outcomes: 0, alike: 0 };
let world: World;
beforeAll(async () => {
  world = await new World(server).build(true);
});
afterAll(() => {
  process.stdout.write(
    `matrix of operations: ${cells.outcomes} outcomes, ${cells.alike} of unknown and forbidden\n`,
  );
});

const ofRoot = (root: string) =>
  Object.entries(operations).filter(([name]) => name.startsWith(root));
const queries = ofRoot("Query.");
const mutations = ofRoot("Mutation.");
const subscriptions = ofRoot("Subscription.");

/** The arguments of an operation as tables name them. */
function argumentsOf(name: string): string[] {
  return fieldOf(schema, name).args.flatMap((argument: GraphQLArgument) => {
    const type = getNamedType(argument.type);
    if (!isInputObjectType(type)) return [argument.name];
    return Object.values(type.getFields()).map(
      (inner: GraphQLInputField) => `${argument.name}.${inner.name}`,
    );
  });
}

/** An operation's variants: as it must be asked, and once more with each other argument. */
function variants({
  needs,
  takes = {},
}: Operation): [string, Operation["needs"]][] {
  return [
    ["no other argument", needs],
    ...Object.entries(takes).map(
      ([path, value]) =>
        [path, { ...needs, [path]: value }] as [string, Operation["needs"]],
    ),
  ];
}

async function answerTo(
  role: Role,
  name: string,
  needs: Operation["needs"],
  names: Names,
): Promise<Answered> {
  const { query, variables } = asked(schema, name, needs, names, role);
  const place = variables["after"] === placeOfList && (await placeInInbox());
  return world.ask(role, query, {
    ...variables,
    ...(place && { after: place }),
  });
}

async function placeInInbox(): Promise<string> {
  const { data } = await world.ask(
    "sender",
    "{ conversations(first: 1) { pageInfo { endCursor } } }",
  );
  const { pageInfo } = data?.["conversations"] as {
    pageInfo: { endCursor: string };
  };
  return pageInfo.endCursor;
}

describe("the table has the whole schema", () => {
  it("every operation, and no other", () => {
    const inSchema = ["Query", "Mutation", "Subscription"].flatMap((root) =>
      Object.keys((schema.getType(root) as GraphQLObjectType).getFields()).map(
        (field) => `${root}.${field}`,
      ),
    );
    expect(Object.keys(operations).sort()).toEqual(inSchema.sort());
  });

  it.each(Object.entries(operations))(
    "every argument of %s",
    (name, { needs, takes = {} }) => {
      const listed = [...Object.keys(needs), ...Object.keys(takes)];
      expect(listed.sort()).toEqual(argumentsOf(name).sort());
    },
  );

  it("every field of an item of a list", () => {
    const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
    const items = inputs.flatMap((type) => {
      const isOfOperation = Object.keys(operations).some((name) =>
        fieldOf(schema, name).args.some(
          (argument) => getNamedType(argument.type) === type,
        ),
      );
      const inner = Object.keys(type.getFields());
      return isOfOperation ? [] : inner.map((name) => `${type.name}.${name}`);
    });
    expect([...itemFields].sort()).toEqual(items.sort());
  });
});

describe("R18, R28, R57: unknown and forbidden are told alike, by the same statements", () => {
  it.each([...queries, ...mutations])("%s", async (name, operation) => {
    for (const role of outsiders(operation))
      for (const [variant, needs] of variants(operation)) {
        const ask = (names: Names) =>
          statementsOf(server.metricsUrl, () =>
            answerTo(role, name, needs, names),
          );
        const { known, unknown } = world;
        const forbidden = await ask(known);
        const nothing = await ask(unknown);
        const where = `${name} with ${variant} for ${role}`;
        expect(withoutIds(forbidden.answer, known), where).toBe(
          withoutIds(nothing.answer, unknown),
        );
        expect(forbidden.statements, where).toEqual(nothing.statements);
        cells.alike++;
      }
  });

  it.each(subscriptions)("%s", async (name, operation) => {
    for (const role of outsiders(operation))
      for (const [variant, needs] of variants(operation)) {
        const refusal = async (names: Names) => {
          const { query, variables } = asked(schema, name, needs, names, role);
          const { events, close } = world.subscribe(role, query, variables);
          const told = await events.next().catch((error: unknown) => error);
          await close();
          return told instanceof Error
            ? withoutIds(told.cause, names)
            : withoutIds(told, names);
        };
        const { known, unknown } = world;
        const ask = (names: Names) =>
          statementsOf(server.metricsUrl, () => refusal(names));
        const forbidden = await ask(known);
        const nothing = await ask(unknown);
        const where = `${name} with ${variant} for ${role}`;
        expect(forbidden.answer, where).toContain("NOT_FOUND");
        expect(forbidden, where).toEqual(nothing);
        cells.alike++;
      }
  });
});

describe("R3, R18, R28: what comes of an operation, for everybody", () => {
  it.each(queries)("%s", async (name, operation) => {
    for (const role of roles)
      for (const [variant, needs] of variants(operation)) {
        const answer = await answerTo(role, name, needs, world.known);
        const where = `${name} with ${variant} for ${role}`;
        expect(outcomeOf(answer), where).toBe(operation.outcome(role));
        cells.outcomes++;
      }
  });

  it.each(roles.map((role) => [role] as const))(
    "every mutation, for %s",
    async (role) => {
      const own = await new World(server).build(true);
      const before = world;
      world = own;
      try {
        for (const [name, operation] of mutations)
          for (const [variant, needs] of variants(operation)) {
            const answer = await answerTo(role, name, needs, own.known);
            const where = `${name} with ${variant} for ${role}`;
            expect(outcomeOf(answer), where).toBe(operation.outcome(role));
            for (const payload of Object.values(answer.data ?? {}))
              for (const field of Object.keys(payload ?? {}))
                expect(fields).toHaveProperty([
                  `${String(getNamedType(fieldOf(schema, name).type))}.${field}`,
                ]);
            cells.outcomes++;
          }
      } finally {
        world = before;
      }
    },
  );
});
