import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";

/** Writes the text of a Postgres timestamp as RFC 3339, in UTC, with milliseconds. */
export const dateTime = new GraphQLScalarType<string, string>({
  name: "DateTime",
  serialize: (value) => new Date(String(value)).toISOString(),
});

function text(value: unknown, nodes?: ValueNode): string {
  if (typeof value !== "string")
    throw new GraphQLError("Cursor must be a string.", nodes && { nodes });
  return value;
}

/** Takes any text: the function that decodes a cursor names the argument that is wrong. */
export const cursor = new GraphQLScalarType<string, string>({
  name: "Cursor",
  serialize: (value) => text(value),
  parseValue: (value) => text(value),
  parseLiteral: (node) =>
    text(node.kind === Kind.STRING ? node.value : null, node),
});
