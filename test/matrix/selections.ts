import {
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from "graphql";

/** Pages are small: what is asked for is looked at before it is executed. */
const pageArguments: Readonly<Record<string, string>> = {
  first: "first: 6",
  last: "last: 6",
};

/** The fields whose values are parts of a page, named by how they stand in it. */
const byPosition = /^(PageInfo|\w+Edge|\w+Connection)$/;

/**
 * All fields of a type, and of the types below it, none within itself. Edges select the ids of their nodes.
 * @param without fields that are left out, as `Type.field`
 */
export function everyField(
  type: GraphQLObjectType,
  without: readonly string[] = [],
  above: readonly string[] = [],
): string {
  const selected = Object.values(type.getFields()).flatMap((field) => {
    if (without.includes(`${type.name}.${field.name}`)) return [];
    const inner = getNamedType(field.type);
    if (!isObjectType(inner)) return [field.name];
    if (above.includes(inner.name)) return [];
    const fields = type.name.endsWith("Edge")
      ? "id"
      : everyField(inner, without, [...above, type.name]);
    return [`${field.name}${argumentsOf(field)} { ${fields} }`];
  });
  return selected.join(" ");
}

function argumentsOf(field: GraphQLField<unknown, unknown>): string {
  const given = field.args
    .map(({ name }) => name)
    // A page of messages is taken from one end: from the newest.
    .filter((name) => name !== "first" || field.name !== "messages")
    .flatMap((name) => pageArguments[name] ?? []);
  return given.length > 0 ? `(${given.join(", ")})` : "";
}

/** One field of one object of an answer. */
export interface Seen {
  /** `Type.field`. */
  readonly field: string;
  /** The object: by its id where it has one, else by its place in the answer. */
  readonly object: string;
  /** A leaf's value; of an object that there is `"object"`, and of a list its length. */
  readonly value: unknown;
  /** The whole object. */
  readonly of: Readonly<Record<string, unknown>>;
}

/** Every field of every object of an answer. */
export function fieldsIn(
  type: GraphQLObjectType,
  value: Readonly<Record<string, unknown>>,
  place = type.name,
): Seen[] {
  const id = value["id"];
  const object =
    typeof id === "string" && !byPosition.test(type.name) ? id : place;
  const fields = type.getFields();
  return Object.entries(value).flatMap(([name, inner]): Seen[] => {
    const field = fields[name];
    if (!field) return [];
    const seen = { field: `${type.name}.${name}`, object, of: value };
    const below = objectsIn(field.type, inner).flatMap((one, i) =>
      isObjectType(getNamedType(field.type))
        ? fieldsIn(
            getNamedType(field.type) as GraphQLObjectType,
            one,
            `${object}/${name}/${String(i)}`,
          )
        : [],
    );
    return [{ ...seen, value: summaryOf(field.type, inner) }, ...below];
  });
}

function objectsIn(
  type: GraphQLOutputType,
  value: unknown,
): Readonly<Record<string, unknown>>[] {
  if (value === null || !isObjectType(getNamedType(type))) return [];
  return (Array.isArray(value) ? value : [value]) as Record<string, unknown>[];
}

function summaryOf(type: GraphQLOutputType, value: unknown): unknown {
  if (isListType(getNullableType(type)) && Array.isArray(value))
    return value.length;
  return value !== null && isObjectType(getNamedType(type)) ? "object" : value;
}
