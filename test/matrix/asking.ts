import {
  getNamedType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import type { Operation, Outcome } from "./operations.js";
import type { Names, Role } from "./roles.js";

/** A document, and the variables that it is asked with. */
interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

type Values = Operation["needs"];

/** The field of an operation, by `Query.field`, `Mutation.field` or `Subscription.field`. */
export function fieldOf(
  schema: GraphQLSchema,
  name: string,
): GraphQLField<unknown, unknown> {
  const [root = "", field = ""] = name.split(".");
  const found = (schema.getType(root) as GraphQLObjectType).getFields()[field];
  if (!found) throw new Error(`the schema has no ${name}`);
  return found;
}

/** How an operation is asked with some of its arguments: `input.field` stands in the argument `input`. */
export function asked(
  schema: GraphQLSchema,
  name: string,
  values: Values,
  names: Names,
  role: Role,
): Asked {
  const field = fieldOf(schema, name);
  const variables: Record<string, unknown> = {};
  for (const [path, valueOf] of Object.entries(values)) {
    const [argument = "", inner] = path.split(".");
    const value = valueOf(names, role);
    if (inner === undefined) variables[argument] = value;
    else
      variables[argument] = {
        ...(variables[argument] as object | undefined),
        [inner]: value,
      };
  }
  const given = field.args.filter((argument) => argument.name in variables);
  const declared = given.map((one) => `$${one.name}: ${String(one.type)}`);
  const passed = given.map((one) => `${one.name}: $${one.name}`);
  const list = (items: readonly string[]) =>
    items.length > 0 ? `(${items.join(", ")})` : "";
  const [root = ""] = name.split(".");
  return {
    query: `${root.toLowerCase()} Asked${list(declared)} {
      ${field.name}${list(passed)} { ${ownFields(getNamedType(field.type) as GraphQLObjectType)} }
    }`,
    variables,
  };
}

/** The fields of a type; of the objects in it no more than that they are there. */
function ownFields(type: GraphQLObjectType): string {
  return Object.values(type.getFields())
    .map(({ name, type: inner }) =>
      isObjectType(getNamedType(inner)) ? `${name} { __typename }` : name,
    )
    .join(" ");
}

/** An answer over HTTP or a socket. */
export interface Answered {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly extensions?: { readonly code?: string };
  }[];
}

/** What an answer comes to. */
export function outcomeOf({ data, errors }: Answered): Outcome {
  const code = errors?.[0]?.extensions?.code;
  if (code !== undefined) return code as Outcome;
  return Object.values(data ?? {}).every((value) => value === null)
    ? "null"
    : "ok";
}

/** An answer without the ids that the caller gave: an answer may hold these. */
export function withoutIds(
  answer: unknown,
  { messages, ...names }: Names,
): string {
  const ids = [...messages.map(({ id }) => id), names.conversationId];
  return ids.reduce(
    (text, id) => text.replaceAll(id, "an id"),
    JSON.stringify(answer),
  );
}
