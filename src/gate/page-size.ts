import {
  Kind,
  isListType,
  isNonNullType,
  type FieldNode,
  type GraphQLField,
  type GraphQLOutputType,
  type ValueNode,
} from "graphql";
import { limits } from "../foundation/limits.js";
import { evaluate, type Figure } from "./cost.js";
import { defaultPage } from "./prices.js";

type Field = GraphQLField<unknown, unknown>;

const pageArguments = ["first", "last"];

/** The longest page of a field (R29). Past it the resolver refuses. */
export function pageLimit({ name }: Field): number {
  return name === "recipients" ? limits.recipientsPage : limits.page;
}

/** Whether a field has paging arguments. */
export function isPaged({ args }: Field): boolean {
  return args.some(({ name }) => pageArguments.includes(name));
}

/** How long a field's page may be: from its arguments, the variables and the schema's defaults. */
export function pageSize(node: FieldNode, field: Field): Figure {
  const most = pageLimit(field);
  const given = pageArguments.flatMap((name): Figure[] => {
    const argument = field.args.find((other) => other.name === name);
    const value = node.arguments?.find((other) => other.name.value === name);
    if (!argument) return [];
    return [countOf(value?.value, argument.defaultValue)];
  });
  const longest = (counts: readonly number[]): number => {
    const said = counts.filter((count) => count >= 0);
    return Math.min(most, said.length > 0 ? Math.max(...said) : defaultPage);
  };
  if (given.every((figure) => typeof figure === "number"))
    return longest(given);
  return (variables) =>
    longest(given.map((figure) => evaluate(figure, variables)));
}

/** A count that an argument gives; below 0 where it gives none. */
function countOf(node: ValueNode | undefined, byDefault: unknown): Figure {
  const count = (value: unknown): number =>
    typeof value === "number" ? Math.max(0, value) : -1;
  switch (node?.kind) {
    case undefined:
      return count(byDefault);
    case Kind.VARIABLE: {
      const name = node.name.value;
      return (variables) => count(variables[name] ?? byDefault);
    }
    case Kind.INT:
      return count(Number(node.value));
    default:
      return -1;
  }
}

/** How many items an argument's list has, at a path such as `["input", "receipts"]`. */
export function listLength(
  { arguments: given = [] }: FieldNode,
  [name, ...within]: readonly string[],
): Figure {
  const node = given.find((argument) => argument.name.value === name)?.value;
  return node ? lengthWithin(node, within) : 0;
}

function lengthWithin(node: ValueNode, path: readonly string[]): Figure {
  const [step, ...rest] = path;
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value;
    return (variables) => {
      let value = variables[name];
      for (const key of path)
        value =
          typeof value === "object" && value !== null
            ? (value as Record<string, unknown>)[key]
            : undefined;
      return Array.isArray(value) ? value.length : 1;
    };
  }
  if (step === undefined)
    return node.kind === Kind.LIST ? node.values.length : 1;
  if (node.kind !== Kind.OBJECT) return 1;
  const field = node.fields.find((other) => other.name.value === step);
  return field ? lengthWithin(field.value, rest) : 0;
}

/** Whether a field's value is a list. */
export function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
