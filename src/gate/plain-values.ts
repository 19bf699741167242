import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from "graphql";

/** Whether a value needs no coercion: it has its type as it is. False says nothing against it. */
export type IsPlain = (value: unknown) => boolean;

const made = new WeakMap<GraphQLInputType, IsPlain>();

/**
 * Makes the quick look at values of a type. Nearly every value of a client is plain, and looking costs a
 * tenth of coercing; graphql-js coerces once more when it executes.
 */
export function plainValues(type: GraphQLInputType): IsPlain {
  const known = made.get(type);
  if (known) return known;
  const isPlain = make(type);
  made.set(type, isPlain);
  return isPlain;
}

function make(type: GraphQLInputType): IsPlain {
  if (isNonNullType(type)) {
    const isPlain = plainValues(type.ofType);
    return (value) => value != null && isPlain(value);
  }
  const isPlain = makeNullable(type);
  return (value) => value === null || isPlain(value);
}

function makeNullable(type: GraphQLInputType): IsPlain {
  if (isListType(type)) {
    const isPlainItem = plainValues(type.ofType);
    return (value) => Array.isArray(value) && value.every(isPlainItem);
  }
  if (isInputObjectType(type)) return objects(type);
  if (isEnumType(type)) {
    const names = new Set<unknown>(type.getValues().map(({ name }) => name));
    return (value) => names.has(value);
  }
  if (type === GraphQLID || type === GraphQLString || type.name === "Cursor")
    return (value) => typeof value === "string";
  if (type === GraphQLInt)
    return (value) => typeof value === "number" && value === (value | 0);
  if (type === GraphQLBoolean) return (value) => typeof value === "boolean";
  return () => false;
}

function objects(type: GraphQLInputObjectType): IsPlain {
  const fields = new Map(
    Object.values(type.getFields()).map((field) => [
      field.name,
      plainValues(field.type),
    ]),
  );
  const required = Object.values(type.getFields())
    .filter(isRequiredInputField)
    .map(({ name }) => name);
  return (value) => {
    if (typeof value !== "object" || value === null) return false;
    const object = value as Readonly<Record<string, unknown>>;
    for (const name of required) if (!(name in object)) return false;
    for (const name in object)
      if (!fields.get(name)?.(object[name])) return false;
    return true;
  };
}
