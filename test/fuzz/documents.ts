import fc, { type GeneratorValue } from "fast-check";
import {
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import {
  literal,
  pick,
  strangeText,
  strangeValue,
  valueFor,
} from "./values.js";

/** An operation as a client sends it. */
export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

/** One document under construction. */
interface Draft {
  readonly g: GeneratorValue;
  readonly schema: GraphQLSchema;
  readonly variables: Map<string, { type: string; value: unknown }>;
  /** Fragments, by their names. */
  readonly fragments: Map<string, string>;
}

/** Documents that are mostly valid, after the schema. */
function drafted(schema: GraphQLSchema): fc.Arbitrary<Operation> {
  return fc.gen().map((g) => {
    const draft: Draft = {
      ...{ g, schema },
      variables: new Map(),
      fragments: new Map(),
    };
    const roots = [
      ["query", schema.getQueryType()],
      ["mutation", schema.getMutationType()],
      ["subscription", schema.getSubscriptionType()],
    ] as const;
    const [kind, type] = pick(g, roots);
    if (!type) throw new Error(`the schema has no ${kind}`);
    const selected = selection(draft, type, 0);
    const declared = [...draft.variables]
      .map(([name, variable]) => `$${name}: ${variable.type}`)
      .join(", ");
    const name = pick(g, ["", " Named", " __proto__"]);
    return {
      query: [
        `${kind}${name}${declared ? `(${declared})` : ""} ${selected}`,
        ...draft.fragments.values(),
      ].join("\n"),
      variables: Object.fromEntries(
        [...draft.variables].map(([key, { value }]) => [key, value]),
      ),
    };
  });
}

function selection(
  draft: Draft,
  type: GraphQLObjectType,
  depth: number,
): string {
  const { g } = draft;
  const fields = Object.values(type.getFields());
  const parts = Array.from(
    { length: g(fc.integer, { min: 1, max: 4 }) },
    () => {
      const choice = g(fc.nat, { max: 19 });
      if (choice === 0) return `__typename${directives(draft)}`;
      if (choice === 1 && depth < 5)
        return `... on ${type.name}${directives(draft)} ${selection(draft, type, depth + 1)}`;
      if (choice === 2) return `...${fragment(draft, type, depth)}`;
      return fieldOf(draft, pick(g, fields), depth);
    },
  );
  return `{ ${parts.join(" ")} }`;
}

/** Fragments may spread one another, also in a circle. */
function fragment(
  draft: Draft,
  type: GraphQLObjectType,
  depth: number,
): string {
  const name = `F${draft.g(fc.nat, { max: 3 })}${type.name}`;
  if (draft.fragments.has(name) || depth > 4) {
    if (!draft.fragments.has(name))
      draft.fragments.set(name, `fragment ${name} on ${type.name} { id }`);
    return name;
  }
  draft.fragments.set(name, "");
  const selected = selection(draft, type, depth + 1);
  draft.fragments.set(name, `fragment ${name} on ${type.name} ${selected}`);
  return name;
}

function fieldOf(
  draft: Draft,
  field: GraphQLField<unknown, unknown>,
  depth: number,
): string {
  const { g } = draft;
  const alias =
    g(fc.nat, { max: 4 }) === 0 ? `a${g(fc.nat, { max: 2 })}: ` : "";
  const given = field.args
    .filter((each) => isNonNullType(each.type) || g(fc.boolean))
    .map((each) => argument(draft, each));
  const head = `${alias}${field.name}${given.length > 0 ? `(${given.join(", ")})` : ""}${directives(draft)}`;
  const type = getNamedType(field.type);
  if (isLeafType(type) || !isObjectType(type)) return head;
  if (depth > 5) return `${head} { __typename }`;
  return `${head} ${selection(draft, type, depth + 1)}`;
}

function argument(draft: Draft, { name, type }: GraphQLArgument): string {
  const { g, variables } = draft;
  const value = valueFor(g, type);
  if (g(fc.boolean)) return `${name}: ${literal(value, type)}`;
  const variable = `v${variables.size}`;
  variables.set(variable, { type: String(type), value });
  return `${name}: $${variable}`;
}

function directives({ g, variables }: Draft): string {
  if (g(fc.nat, { max: 9 }) > 0) return "";
  const name = pick(g, ["skip", "include"]);
  if (g(fc.boolean)) return ` @${name}(if: ${g(fc.boolean)})`;
  const variable = `v${variables.size}`;
  variables.set(variable, { type: "Boolean!", value: g(fc.boolean) });
  return ` @${name}(if: $${variable})`;
}

/** Cuts, doubles and mixes up the text of a document. */
function broken(operation: Operation): fc.Arbitrary<Operation> {
  const { query } = operation;
  const place = fc.nat({ max: query.length });
  return fc
    .tuple(place, place, fc.nat({ max: 5 }), strangeText)
    .map(([one, other, how, text]) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      const middle = query.slice(from, to);
      const parts = [
        [query.slice(0, from), query.slice(to)],
        [query.slice(0, to), middle, query.slice(to)],
        [query.slice(0, from), text, query.slice(from)],
        [query.slice(0, from), JSON.stringify(text), query.slice(to)],
        [query.slice(0, from), "@skip(if: $d)", query.slice(from)],
        [
          query.slice(0, from),
          "{ ...A } fragment A on User",
          query.slice(from),
        ],
      ][how];
      return { ...operation, query: (parts ?? []).join("") };
    });
}

/** Documents of one pattern, over and over: each of them was slow or threw once. */
const heaped: fc.Arbitrary<Operation> = fc
  .tuple(fc.integer({ min: 1, max: 3_000 }), fc.nat({ max: 9 }))
  .map(([n, pattern]) => {
    const each = (text: (i: number) => string) =>
      Array.from({ length: n }, (_, i) => text(i)).join(" ");
    return {
      query: [
        `{ ${each((i) => `a${i}: __typename`)} }`,
        `{ ${each((i) => `x${i}`)} viewer { ${each((i) => `b${i}: id`)} } }`,
        `{ viewer { id ${each(() => "@include(if: true)")} } }`,
        `{ viewer { id ${each((i) => `@d${i}`)} } }`,
        `{ viewer { ${"... { ".repeat(n)} id ${"} ".repeat(n)} } }`,
        `{ viewer { ...F0 } } ${each((i) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`)} fragment F${n} on User { id }`,
        `{ conversations(after: ${"[".repeat(n)}${"]".repeat(n)}) { nodes { id } } }`,
        `query (${each((i) => `$v${i}: Int`)}) { viewer { id } }`,
        `{ ${each((i) => `a${i}: viewer { unreadCount }`)} }`,
        `{ viewer { ${each(() => "id")} } }`,
      ][pattern] as string,
    };
  });

/** Operations of every sort. */
export function operations(schema: GraphQLSchema): fc.Arbitrary<Operation> {
  const good = drafted(schema);
  return fc.oneof(
    { arbitrary: good, weight: 10 },
    { arbitrary: good.chain(broken), weight: 5 },
    { arbitrary: good.chain(broken).chain(broken), weight: 2 },
    { arbitrary: heaped, weight: 1 },
    {
      arbitrary: fc.record({
        query: fc.oneof(
          strangeText,
          good.map(({ query }) => query),
        ),
        variables: strangeValue,
        operationName: strangeValue,
        extensions: strangeValue,
      }),
      weight: 2,
    },
  );
}
