import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";

/** Postgres timestamps as text go out as RFC 3339 in UTC with milliseconds. */
export const dateTime = new GraphQLScalarType<string, string>({
  name: "DateTime",
  serialize: (value) => new Date(String(value)).toISOString(),
});

function text(value: unknown, nodes?: ValueNode): string {
  if (typeof value !== "string")
    throw new GraphQLError("Cursor must be a string.", nodes && { nodes });
  return value;
}

/** Cursors are opaque text; who takes one decodes it and says which argument is wrong. */
export const cursor = new GraphQLScalarType<string, string>({
  name: "Cursor",
  serialize: (value) => text(value),
  parseValue: (value) => text(value),
  parseLiteral: (node) =>
    text(node.kind === Kind.STRING ? node.value : null, node),
});
