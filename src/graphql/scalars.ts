import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";

function text(name: string, value: unknown, nodes?: ValueNode): string {
  if (typeof value !== "string")
    throw new GraphQLError(`${name} must be a string.`, nodes && { nodes });
  return value;
}

/** A scalar that takes any text: whoever reads it names the argument that is wrong. */
const textScalar = (name: string, serialize: (value: unknown) => string) =>
  new GraphQLScalarType<string, string>({
    name,
    serialize,
    parseValue: (value) => text(name, value),
    parseLiteral: (node) =>
      text(name, node.kind === Kind.STRING ? node.value : null, node),
  });

/** Writes the text of a Postgres timestamp as RFC 3339, in UTC, with milliseconds. */
export const dateTime = textScalar("DateTime", (value) =>
  new Date(String(value)).toISOString(),
);

/** Cursors are decoded by the function that uses them. */
export const cursor = textScalar("Cursor", (value) => text("Cursor", value));
